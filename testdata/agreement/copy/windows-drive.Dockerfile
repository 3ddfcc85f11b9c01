FROM alpine
COPY file.txt C:/x
COPY c:\\file.txt /y
