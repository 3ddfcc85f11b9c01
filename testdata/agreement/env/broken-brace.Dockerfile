FROM alpine
ENV A=${X
