FROM scratch AS when
ARG Q=nonsense
ADD git://github.com/moby/buildkit.git?$Q=1 /x
FROM alpine
WORKDIR /x
