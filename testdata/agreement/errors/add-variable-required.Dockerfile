FROM alpine
ADD ${V:?which} /x
