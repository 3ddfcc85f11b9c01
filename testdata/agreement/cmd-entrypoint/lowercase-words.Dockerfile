FROM alpine
cmd echo
entrypoint run
