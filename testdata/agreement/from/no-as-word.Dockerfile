FROM alpine base
RUN true
