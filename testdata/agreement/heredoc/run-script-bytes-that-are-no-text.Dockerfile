FROM alpine
RUN <<EOF
#!/bin/sh
echo ÿþ
EOF
RUN <<-EOF
	#!/bin/sh
	echo ÿ
EOF
