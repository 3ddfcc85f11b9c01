FROM alpine
RUN make
FROM alpine
RUN --mount=from=0,target=/out ls /out
