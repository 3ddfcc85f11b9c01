FROM node:onbuild AS x
ADD https://example.com/x.tar.gz /x
HEALTHCHECK CMD true
FROM missing
