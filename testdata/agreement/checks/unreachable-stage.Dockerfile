FROM alpine AS unused
WORKDIR rel
CMD x
FROM alpine
RUN true
