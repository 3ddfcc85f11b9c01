FROM alpine
RUN make
FROM scratch
COPY --from=0 /out/app /app
