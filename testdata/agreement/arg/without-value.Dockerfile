FROM alpine
ARG NAME
RUN echo hello $NAME
