FROM alpine
COPY <<EOF /x
${NEEDED:?is needed}
EOF
