FROM scratch AS when
ADD --checksum=sha256:1 https://example.com/x /x
FROM alpine
WORKDIR /x
