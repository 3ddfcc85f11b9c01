FROM --platfrom=linux/amd64 alpine
RUN true
