FROM alpine
RUN --network=default echo
