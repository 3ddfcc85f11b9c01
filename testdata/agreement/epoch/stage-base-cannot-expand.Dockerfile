FROM ${X:?no X} AS when
ADD https://example.com/x /x
FROM alpine
WORKDIR /x
