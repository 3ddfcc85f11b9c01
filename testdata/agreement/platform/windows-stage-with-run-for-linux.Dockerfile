# syntax=docker/dockerfile:1
# A command that only Windows can run, in a stage that a Linux image takes something from: docker/dockerfile finds out once
# the base is unpacked and the command is started, fanlight before anything is pulled. Requests are answered alike.
FROM --platform=windows/amd64 mcr.microsoft.com/windows/servercore:ltsc2022 AS tools
RUN setx path "C:\\tools"
COPY file.txt C:/tools/

FROM alpine
COPY --from=tools /tools/file.txt /
