FROM alpine
RUN --mount=type=secret,source=token cat
