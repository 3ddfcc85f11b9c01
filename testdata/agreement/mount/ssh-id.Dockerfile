FROM alpine
RUN --mount=type=ssh,id=github git clone x
