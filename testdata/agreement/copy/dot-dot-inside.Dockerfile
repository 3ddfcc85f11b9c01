FROM alpine
COPY src/../file.txt ./src//main.rs /app/
