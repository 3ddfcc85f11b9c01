FROM scratch AS when
ENV A=1
ADD https://example.com/x /x
FROM alpine
WORKDIR /x
