# build compiles the program.
# It takes long.
FROM alpine AS build
ARG VERSION=1
# the last one

FROM build AS last
RUN true
