FROM alpine
ADD https://github.com/moby/buildkit.git?tag=a&branch=b /a
