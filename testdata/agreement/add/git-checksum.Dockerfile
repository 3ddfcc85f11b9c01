FROM alpine
ADD --checksum=abcdef0123456789abcdef0123456789abcdef01 https://github.com/moby/buildkit.git#v1 /a
ADD https://github.com/moby/buildkit.git?tag=v1&checksum=abcdef0 /b
