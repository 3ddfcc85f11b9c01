FROM alpine AS a
ENV A=a
WORKDIR /a
FROM a AS b
ENV B=b
WORKDIR b
FROM b AS c
ENV C=c
USER nobody
FROM c AS d
CMD ["d"]
FROM d
RUN env
