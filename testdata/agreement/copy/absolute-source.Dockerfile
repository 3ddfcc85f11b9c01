FROM alpine
COPY /src /file.txt /app/
