FROM alpine
ADD https://github.com/moby/buildkit.git /src
