FROM alpine
ADD git@github.com:moby/buildkit.git#main /src
ADD ssh://git@github.com/moby/buildkit.git /src2
