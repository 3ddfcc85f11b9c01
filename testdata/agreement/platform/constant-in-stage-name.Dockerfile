FROM --platform=linux/arm64 alpine AS tool-arm64
RUN uname -m
FROM alpine
COPY --from=tool-arm64 /bin/true /t
