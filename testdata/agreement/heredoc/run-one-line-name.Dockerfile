FROM alpine
RUN <<EOF
  single line with  spaces
EOF
