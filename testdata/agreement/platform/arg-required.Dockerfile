FROM --platform=${PLATFORM:?say which} alpine
RUN uname -m
