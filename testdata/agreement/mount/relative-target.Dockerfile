FROM alpine
WORKDIR /app
RUN --mount=target=sub ls
RUN --mount=target=. ls
