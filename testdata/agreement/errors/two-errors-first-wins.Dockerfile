FROM alpine
COPYY a b
RUNN c
