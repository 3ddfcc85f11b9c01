FROM alpine
RUN ["a"] && b
RUN [ -d /x ] || true
