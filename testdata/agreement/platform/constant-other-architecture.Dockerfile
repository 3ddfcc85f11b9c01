FROM --platform=linux/s390x alpine
RUN uname -m
