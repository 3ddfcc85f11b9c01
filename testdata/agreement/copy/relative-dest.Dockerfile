FROM alpine
WORKDIR /app
COPY file.txt a/b
COPY file.txt ./c/
COPY file.txt .
COPY src ../x
