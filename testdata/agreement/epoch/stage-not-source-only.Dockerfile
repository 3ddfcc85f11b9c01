FROM alpine AS when
RUN date
FROM alpine
WORKDIR /x
