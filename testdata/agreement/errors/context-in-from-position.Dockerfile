FROM context
RUN true
