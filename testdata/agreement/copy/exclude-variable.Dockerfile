FROM alpine
ARG SKIP=docs
COPY --exclude=$SKIP . /app
