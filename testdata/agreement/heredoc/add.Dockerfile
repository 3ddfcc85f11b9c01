FROM alpine
ADD <<EOF /etc/motd
hello
EOF
