FROM alpine
RUN --mount=from=missing/x,target=/x true
