FROM alpine
run echo hello
