FROM alpine
COPY --chown=1000:100 file.txt /
COPY --chown=1000 src /src
COPY --chown=:100 file.txt /b
COPY --chown=app file.txt /c
COPY --chown=1000:grp file.txt /d
