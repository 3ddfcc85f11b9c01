FROM alpine
ADD --keep-git-dir=maybe https://github.com/moby/buildkit.git /x
