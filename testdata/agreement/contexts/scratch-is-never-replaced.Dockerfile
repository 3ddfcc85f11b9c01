FROM scratch
COPY file.txt /
