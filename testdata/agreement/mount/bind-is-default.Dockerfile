FROM alpine
RUN --mount=target=/src ls /src
