FROM alpine
RUN --mount=type=cache,target=/a --mount=type=bind,target=/b --mount=type=tmpfs,target=/c --mount=type=secret,id=d --mount=type=ssh ls
