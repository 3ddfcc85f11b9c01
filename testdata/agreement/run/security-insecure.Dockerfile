FROM alpine
RUN --security=insecure mount
RUN --security=sandbox mount
