FROM alpine
COPY --chmod=bad <<EOF /x
one
two
EOF
