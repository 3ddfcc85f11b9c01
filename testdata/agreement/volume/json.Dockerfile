FROM alpine
VOLUME ["/data", "/a b"]
