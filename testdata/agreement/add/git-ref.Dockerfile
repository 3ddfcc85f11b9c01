FROM alpine
ADD https://github.com/moby/buildkit.git#v0.10.1 /src
ADD https://github.com/moby/buildkit.git#v0.10.1:docs /docs
ADD https://github.com/moby/buildkit.git#:docs /docs2
