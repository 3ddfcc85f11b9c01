FROM --platform=linux/mips64 alpine
RUN true
