FROM alpine
COPYY a b
