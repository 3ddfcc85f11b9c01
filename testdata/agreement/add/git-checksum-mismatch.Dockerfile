FROM alpine
ADD --checksum=abcdef0123456789abcdef0123456789abcdef01 https://github.com/moby/buildkit.git?checksum=1234567 /a
