FROM alpine
COPY . .
