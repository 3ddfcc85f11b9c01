FROM alpine AS a
RUN make
FROM alpine
COPY --link --from=a /out /out
