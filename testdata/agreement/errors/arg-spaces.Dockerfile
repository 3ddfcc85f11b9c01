FROM alpine
ARG A B = C
