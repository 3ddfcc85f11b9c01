FROM alpine
COPY --chown=${V:?which} file.txt /x
