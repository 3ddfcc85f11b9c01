# syntax=docker/dockerfile:1
# A Windows stage in an image for Linux is as docker/dockerfile makes it: no PATH, owners by name, backslashes in the
# list of files that are asked for.
FROM --platform=windows/amd64 mcr.microsoft.com/windows/servercore:ltsc2022 AS tools
SHELL ["powershell", "-Command"]
WORKDIR C:\\tools
COPY --chown=ContainerUser .\\src\\main.rs .
COPY --link file.txt C:/tools/
ADD src\\main.rs C:\\tools\\copy.rs
ENV OLD="${PATH}"

FROM alpine
COPY --from=tools tools\\main.rs /main.rs
COPY --from=tools /tools/file.txt /
