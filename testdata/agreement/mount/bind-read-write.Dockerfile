FROM alpine
RUN --mount=target=/src,rw touch /src/x
RUN --mount=target=/src,readwrite=true touch /src/x
RUN --mount=target=/src,ro=false touch /src/x
