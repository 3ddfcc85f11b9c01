FROM alpine
USER app
RUN id
