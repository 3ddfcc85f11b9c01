FROM index.docker.io/library/alpine
RUN true
