FROM alpine
ADD https://github.com/moby/buildkit.git?nonsense=1 /a
