FROM alpine
COPY a\ b.txt /c\ d/
