FROM alpine AS unused
COPY --chmod=bad file.txt /
FROM alpine
RUN true
