FROM scratch AS when
ADD https://example.com/x /x
ADD https://example.com/y /y
FROM alpine
WORKDIR /x
