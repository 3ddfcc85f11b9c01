FROM alpine
LABEL org.example.base=mine
