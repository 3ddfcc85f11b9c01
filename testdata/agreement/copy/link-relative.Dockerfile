FROM alpine
WORKDIR /app
COPY --link . .
