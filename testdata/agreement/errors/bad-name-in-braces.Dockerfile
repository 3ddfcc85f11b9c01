FROM alpine
ENV A=${-x}
