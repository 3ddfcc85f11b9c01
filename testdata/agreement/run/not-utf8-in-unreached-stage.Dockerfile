FROM alpine AS unreached
RUN echo café
RUN <<EOF
echo café
EOF

FROM scratch
COPY file.txt /
ONBUILD RUN echo café
