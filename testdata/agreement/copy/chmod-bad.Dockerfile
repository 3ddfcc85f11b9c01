FROM alpine
COPY --chmod=u+q file.txt /
