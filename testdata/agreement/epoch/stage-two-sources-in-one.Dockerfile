FROM scratch AS when
ADD https://example.com/x https://example.com/y /y/
FROM alpine
WORKDIR /x
