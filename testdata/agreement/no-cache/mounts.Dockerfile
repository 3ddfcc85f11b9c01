FROM alpine
RUN --mount=type=cache,target=/c,uid=1 make
RUN <<EOF
#!/bin/sh
x
EOF
