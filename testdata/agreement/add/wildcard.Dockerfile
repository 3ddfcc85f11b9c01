FROM alpine
ADD *.txt src/*.rs /d/
