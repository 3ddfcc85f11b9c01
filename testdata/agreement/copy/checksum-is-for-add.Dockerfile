FROM alpine
COPY --checksum=sha256:abc file.txt /
