FROM alpine
RUN --device=name=x,maybe true
