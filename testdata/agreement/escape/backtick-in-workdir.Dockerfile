# escape=`
FROM alpine
WORKDIR c:\app\src
COPY file.txt .\
