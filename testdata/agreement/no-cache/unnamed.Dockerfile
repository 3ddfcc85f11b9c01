FROM alpine
RUN make
FROM alpine
RUN last
COPY --from=0 /x /x
