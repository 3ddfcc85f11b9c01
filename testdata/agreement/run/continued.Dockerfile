FROM alpine
RUN apk add --no-cache \
      git \
      make \
 && rm -rf /var/cache
