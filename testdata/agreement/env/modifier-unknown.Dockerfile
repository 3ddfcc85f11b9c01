FROM alpine
ENV A=${X!y}
