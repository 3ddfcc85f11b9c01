FROM alpine
ARG OWNER=app
ENV OWNER=$OWNER:1
COPY --link --chown=$OWNER file.txt /
