FROM alpine
RUN --mount=type=ssh,source=x git clone x
