FROM alpine
COPY
RUN x
