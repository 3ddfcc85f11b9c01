# syntax=docker/dockerfile:1
FROM golang:alpine AS build
ARG TARGETARCH
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache go build -o /out ./... && echo $TARGETARCH
FROM alpine:3.20
COPY --from=build /out /app
ENTRYPOINT ["/app"]
