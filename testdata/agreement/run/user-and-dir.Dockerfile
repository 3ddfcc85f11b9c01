FROM alpine
USER 1000
WORKDIR /app
ENV HOME=/home/app
RUN id
