FROM rootfs
RUN true
COPY file.txt /
