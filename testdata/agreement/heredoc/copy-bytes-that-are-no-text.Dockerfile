FROM alpine
COPY <<"EOF" /x
aÿþb
EOF
COPY <<-'EOF' /y
	ÿ	b
EOF
