FROM --platform=windows/amd64 mcr.microsoft.com/windows/servercore:ltsc2022 AS tools
COPY --link --chown=ContainerUser file.txt C:/tools/

FROM alpine
COPY --from=tools /tools/file.txt /
