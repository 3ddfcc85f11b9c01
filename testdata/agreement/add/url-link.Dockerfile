FROM alpine
ADD --link https://example.com/x /x
