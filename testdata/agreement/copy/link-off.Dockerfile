FROM alpine
COPY --link=false file.txt /
