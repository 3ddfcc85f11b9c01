FROM alpine
ENV NAME=world
COPY <<"EOF" /etc/motd
hello $NAME
EOF
