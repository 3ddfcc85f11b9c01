FROM alpine AS one
RUN echo 1
FROM one AS two
RUN echo 2
FROM busybox AS three
COPY --from=two /etc /x
FROM three AS four
RUN echo 4
