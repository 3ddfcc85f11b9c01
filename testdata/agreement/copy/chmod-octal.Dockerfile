FROM alpine
COPY --chmod=755 file.txt /
COPY --chmod=0644 file.txt /b
COPY --chmod=7777 file.txt /c
