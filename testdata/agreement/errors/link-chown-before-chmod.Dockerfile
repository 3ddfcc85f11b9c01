FROM alpine
COPY --link --chown=app --chmod=9 file.txt /
