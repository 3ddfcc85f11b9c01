FROM alpine
USER ${U:?who}
