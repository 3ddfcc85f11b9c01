FROM alpine
ENV NAME=world
COPY <<EOF /etc/motd
hello $NAME \$NAME "${NAME}" '$NAME' ${NOTHING:-none}
EOF
