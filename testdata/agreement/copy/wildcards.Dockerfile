FROM alpine
COPY *.txt s?c [a-z]* /app/
