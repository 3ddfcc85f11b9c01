FROM alpine AS Build
RUN make
FROM scratch
COPY --from=bUILD /out/app /app
