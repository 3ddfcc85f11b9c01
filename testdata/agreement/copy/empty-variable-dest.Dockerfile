FROM alpine
WORKDIR /w
COPY file.txt $NOTHING
