FROM alpine
COPY <<EOF /etc/motd
hello
world
EOF
