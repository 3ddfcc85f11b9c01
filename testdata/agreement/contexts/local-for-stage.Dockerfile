FROM alpine AS files
RUN make
FROM alpine
COPY --from=files file.txt /d/
