FROM alpine AS missing
RUN true
FROM missings
RUN true
