FROM --platform=$BUILDPLATFROM alpine
RUN uname -m
