FROM alpine AS a
RUN --mount=from=local,source=x/y,target=/b ls
