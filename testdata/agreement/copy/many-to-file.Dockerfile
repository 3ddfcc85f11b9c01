FROM alpine
COPY file.txt src /app
