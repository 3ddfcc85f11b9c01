# syntax=docker/dockerfile:1

ARG GO_VERSION=1.24
ARG ALPINE_VERSION=3.21

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine${ALPINE_VERSION} AS base
RUN apk add --no-cache git make
WORKDIR /src
ENV CGO_ENABLED=0

FROM base AS modules
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download -x

FROM modules AS test
RUN --mount=type=bind,target=. \
    --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    go test ./...

FROM modules AS build
ARG TARGETOS TARGETARCH TARGETVARIANT
ARG VERSION=dev
ARG COMMIT
RUN --mount=type=bind,target=. \
    --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    GOOS=${TARGETOS} GOARCH=${TARGETARCH} GOARM=${TARGETVARIANT#v} \
    go build -trimpath -ldflags "-s -w -X main.version=${VERSION} -X main.commit=${COMMIT:-none}" -o /out/service ./cmd/service

FROM scratch AS binary
COPY --from=build /out/service /

FROM alpine:${ALPINE_VERSION} AS image
LABEL org.opencontainers.image.title="service" \
      org.opencontainers.image.licenses="MIT"
RUN apk add --no-cache ca-certificates tzdata && adduser -D -u 10001 service
COPY --link --from=build /out/service /usr/local/bin/service
USER 10001:10001
EXPOSE 8080/tcp 9090
HEALTHCHECK --interval=15s --timeout=3s --retries=5 CMD ["service", "health"]
STOPSIGNAL SIGINT
ENTRYPOINT ["service"]
CMD ["serve", "--listen=:8080"]
