FROM alpine
RUN --mount=target=. ls
