FROM alpine
ARG MODE=700
COPY --chmod=$MODE file.txt /
