FROM --platform=${BUILDPLATFORM:} alpine
RUN uname -m
