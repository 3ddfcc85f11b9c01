ARG NAME=alpine TAG=3.20
FROM ${NAME}:${TAG}
RUN true
