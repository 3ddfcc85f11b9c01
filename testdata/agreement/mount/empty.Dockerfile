FROM alpine
RUN --mount= ls
