FROM alpine:3 AS base
RUN --mount=type=bind,from=golang:1.25,source=/usr/local/go/VERSION,target=/version cp /version /version.txt

FROM alpine:3
ENV A=b
COPY --link --from=base /version.txt /
COPY <<END /greeting
hello
END
CMD ["cat", "/greeting"]
