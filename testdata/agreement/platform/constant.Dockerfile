FROM --platform=linux/amd64 alpine
RUN uname -m
