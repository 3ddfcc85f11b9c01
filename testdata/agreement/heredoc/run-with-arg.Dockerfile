FROM alpine
ARG A=1
RUN <<EOF
echo $A
EOF
