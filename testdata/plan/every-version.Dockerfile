ARG WINBASE=mcr.microsoft.com/windows/nanoserver:ltsc2019,ltsc2022,ltsc2025

FROM --platform=$BUILDPLATFORM golang:1.25 AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY . .
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o app ./...

FROM ${WINBASE} AS windows
ARG REVISION
COPY --from=build /src/app app.exe
COPY config /config/
LABEL revision=$REVISION
ENTRYPOINT ["app.exe"]

FROM scratch AS linux
COPY --from=build /src/app /app
ENTRYPOINT ["/app"]
