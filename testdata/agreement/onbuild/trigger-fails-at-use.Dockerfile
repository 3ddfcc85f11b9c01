FROM alpine AS a
ONBUILD COPY --chmod=bad file.txt /x
FROM a
RUN true
