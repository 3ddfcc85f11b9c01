FROM alpine
RUN --mount=type=ssh git clone x
