FROM alpine AS my build
RUN true
