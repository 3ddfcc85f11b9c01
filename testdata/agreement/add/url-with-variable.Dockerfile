FROM alpine
ARG V=1.2
ADD https://example.com/v${V}/x-$V.tgz /tmp/
