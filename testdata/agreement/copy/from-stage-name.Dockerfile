FROM alpine AS build
RUN make
FROM scratch
COPY --from=build /out/app /app
