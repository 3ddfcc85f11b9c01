FROM alpine@
RUN true
