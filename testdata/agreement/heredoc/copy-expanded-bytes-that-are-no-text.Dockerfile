FROM alpine
ENV A=1
COPY <<EOF /x
aÿ$Aþb
EOF
