FROM alpine
ENV D=/app
COPY file.txt src $D
