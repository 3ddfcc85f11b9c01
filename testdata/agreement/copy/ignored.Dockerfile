FROM alpine
COPY target /t
COPY debug.log /
COPY src/a.log /
COPY . /
