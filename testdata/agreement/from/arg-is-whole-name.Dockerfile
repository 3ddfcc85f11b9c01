ARG BASE=alpine
FROM $BASE
RUN true
