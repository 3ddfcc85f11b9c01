FROM --platform=$TARGETPLATFORM alpine
RUN uname -m
