# escape=`
FROM alpine
ENV X=1
COPY <<EOF /x
a`$X \$X
EOF
