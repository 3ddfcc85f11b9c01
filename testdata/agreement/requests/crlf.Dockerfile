FROM alpine as x
ENV a b
MAINTAINER ÿþ
# last bye
FROM x AS last
