FROM alpine
ADD ftp://example.com/x /x
