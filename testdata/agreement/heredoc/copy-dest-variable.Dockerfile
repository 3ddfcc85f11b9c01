FROM alpine
ENV D=/d
COPY <<EOF $D/
x
EOF
