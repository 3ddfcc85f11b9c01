FROM alpine
COPY --link=maybe file.txt /
