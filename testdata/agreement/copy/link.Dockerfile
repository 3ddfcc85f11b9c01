FROM alpine
COPY --link file.txt /app/
COPY --link src /src
RUN true
