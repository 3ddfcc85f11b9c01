FROM alpine
COPY --chmod=u=rwX,go=rX src /src
COPY --chmod=+x file.txt /b
COPY --chmod=go-w,a+r file.txt /c
