FROM --platform=$BUILDPLATFORM alpine AS one
ARG TARGETARCH
RUN echo $TARGETARCH
FROM --platform=$BUILDPLATFORM alpine AS two
ARG TARGETPLATFORM
RUN echo $TARGETPLATFORM
WORKDIR /x
COPY file.txt .
FROM alpine
COPY --from=one /etc/hosts /1
COPY --from=two /etc/hosts /2
