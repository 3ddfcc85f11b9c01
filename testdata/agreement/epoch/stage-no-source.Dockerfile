FROM scratch AS when
ARG X=1
FROM alpine
WORKDIR /x
