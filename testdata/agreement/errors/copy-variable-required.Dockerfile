FROM alpine
COPY ${V:?which} /x
