FROM example/shell
RUN true | false
CMD exec app
