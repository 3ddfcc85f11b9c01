FROM alpine
RUN -- echo
RUN --x
