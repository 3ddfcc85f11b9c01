FROM scratch AS when
ARG Q=nonsense
ADD https://github.com/moby/buildkit.git?$Q=1 /x
FROM alpine
WORKDIR /x
