FROM alpine
ADD --unpack=maybe a.tar /x
