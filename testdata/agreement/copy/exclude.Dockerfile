FROM alpine
COPY --exclude=*.log --exclude=target . /app
