FROM alpine
COPY --link --chown=55: file.txt /a
COPY --link --chown=: file.txt /b
COPY --link --chown=:55 file.txt /c
COPY --link --chown=root:root file.txt /d
COPY --link=false --chown=app:grp file.txt /e
