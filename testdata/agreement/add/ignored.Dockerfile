FROM alpine
ADD target /t
ADD a.log /
