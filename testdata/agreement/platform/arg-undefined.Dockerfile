FROM --platform=$PLATFORM alpine
RUN uname -m
