FROM --platform=$BUILDOS/$TARGETARCH alpine
RUN uname -m
