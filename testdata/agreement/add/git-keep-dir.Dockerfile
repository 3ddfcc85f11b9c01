FROM alpine
ADD --keep-git-dir https://github.com/moby/buildkit.git#v0.10.1 /src
ADD --keep-git-dir=false https://github.com/moby/buildkit.git /src
