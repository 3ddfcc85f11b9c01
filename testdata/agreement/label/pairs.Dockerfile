FROM alpine
LABEL a=1 b="two words" "c.d"='e f'
LABEL maintainer=me@example.com
