FROM alpine AS scratch
RUN echo one
FROM scratch
COPY file.txt /
