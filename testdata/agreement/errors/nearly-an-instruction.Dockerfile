FROM alpine
WORKDR /app
