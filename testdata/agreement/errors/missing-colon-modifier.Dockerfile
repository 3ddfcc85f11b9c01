FROM alpine
ENV A=${V:x}
