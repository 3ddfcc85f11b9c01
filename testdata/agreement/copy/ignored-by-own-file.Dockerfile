FROM alpine
COPY docs/a.md /
COPY file.txt /
COPY src /s
