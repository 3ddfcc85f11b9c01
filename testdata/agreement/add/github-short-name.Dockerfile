FROM alpine
ADD github.com/moby/buildkit /a
