ARG G=global
FROM alpine AS a
ARG G
ARG L=local
RUN echo $G $L
FROM alpine AS b
RUN echo $G $L
COPY --from=a /x /x
