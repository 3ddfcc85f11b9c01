FROM alpine AS files
RUN make
FROM files AS more
COPY --from=files x /y
FROM scratch
COPY --from=more z /z
COPY --from=files a/b /b
