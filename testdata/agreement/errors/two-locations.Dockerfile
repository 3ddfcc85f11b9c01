FROM alpine AS a
RUN one \
  two
COPY --chmod=bad \
  file.txt \
  /x
