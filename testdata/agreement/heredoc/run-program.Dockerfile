FROM alpine
RUN python3 <<EOF
print("hi")
EOF
