FROM alpine
ADD HTTPS://example.com/x /x
