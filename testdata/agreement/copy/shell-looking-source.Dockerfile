FROM alpine
COPY "file.txt" '/x y'
