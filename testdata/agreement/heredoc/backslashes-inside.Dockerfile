FROM alpine
COPY <<EOF /x
a\
b \\ c \n
EOF
RUN <<EOF
echo a \
  b
EOF
