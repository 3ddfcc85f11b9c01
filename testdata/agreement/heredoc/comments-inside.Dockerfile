FROM alpine
RUN <<EOF
# not a comment of the file
echo

echo two
EOF
