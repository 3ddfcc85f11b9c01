FROM alpine
ARG NET=none
RUN --network=$NET echo
