FROM alpine
WORKDIR /w
ADD <<EOF <<EOG ./
hello
EOF
again
EOG
