FROM alpine
ADD --checksum=sha256:123 https://example.com/x /x
