FROM alpine
COPY naïve.txt /ünï/
