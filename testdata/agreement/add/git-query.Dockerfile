FROM alpine
ADD https://github.com/moby/buildkit.git?tag=v0.10.1&keep-git-dir=1 /a
ADD https://github.com/moby/buildkit.git?branch=master&subdir=docs /b
ADD https://github.com/moby/buildkit.git?ref=x&submodules=false /c
