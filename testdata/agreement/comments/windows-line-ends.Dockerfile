# syntax=docker/dockerfile:1
FROM alpine
# comment
RUN echo one && \
  echo two
COPY <<EOF /x
one
EOF
ENV A=1
