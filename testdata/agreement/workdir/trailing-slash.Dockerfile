FROM alpine
WORKDIR /app/
COPY file.txt .
