FROM alpine AS a
ONBUILD COPY <<EOF /x
hello
EOF
FROM a
RUN true
