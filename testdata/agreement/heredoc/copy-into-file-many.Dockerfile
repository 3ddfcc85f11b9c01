FROM alpine
COPY <<a <<b /file
a
a
b
b
