FROM alpine AS a
FROM alpine
COPY --from=a <<EOF /x
x
EOF
