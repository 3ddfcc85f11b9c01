FROM alpine
WORKDIR /app
COPY file.txt .
RUN true
ENV A=1
