FROM alpine
COPY --chown=app:grp file.txt /
