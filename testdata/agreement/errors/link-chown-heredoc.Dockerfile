FROM alpine
COPY --link --chown=app:5 <<EOF /x
text
EOF
