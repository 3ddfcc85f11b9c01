FROM alpine
ARG DIR=/opt
WORKDIR $DIR/${NAME:-x}
RUN pwd
