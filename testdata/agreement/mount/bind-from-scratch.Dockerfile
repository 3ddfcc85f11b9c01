FROM alpine
RUN --mount=from=scratch,target=/x,rw true
