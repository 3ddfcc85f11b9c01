FROM a//b
RUN true
