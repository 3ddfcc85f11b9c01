FROM --platform=linux/s390x scratch
COPY file.txt /
