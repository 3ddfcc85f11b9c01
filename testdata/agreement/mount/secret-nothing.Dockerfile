FROM alpine
RUN --mount=type=secret cat
