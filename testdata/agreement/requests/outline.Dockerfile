# VERSION is what is built <&>
ARG VERSION=1.0
# BASE uses version
ARG BASE=alpine:${VERSION}-${EXTRA:-x}
ARG EXTRA UNUSED=u
ARG PLAT=linux/amd64
# base is where it starts
FROM --platform=$PLAT $BASE AS base
# OWN is own
ARG OWN=own
ARG VERSION
ARG NEW=$OWN-$VERSION
RUN --mount=type=secret,id=one --mount=type=ssh true

FROM alpine AS other
ARG FROMOTHER
RUN --mount=type=secret,id=two,required=true --mount=type=ssh,id=github,required true

# final puts it together
FROM base AS final
ARG OWN=again
ARG VERSION=3
RUN --mount=type=secret,id=one,required=true true
RUN --mount=type=secret,id=three,env=X --mount=type=bind,from=other,target=/m true
COPY --from=alpine:3 /a /b

FROM other
ARG LAST=1
ARG OWN
COPY --from=final / /
