FROM alpine
ARG NAME=world
RUN echo hello $NAME
