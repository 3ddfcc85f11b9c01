FROM alpine
COPY --unpack file.txt /
