FROM alpine
SHELL ["/bin/bash", "-c"]
RUN <<EOF
shopt
EOF
