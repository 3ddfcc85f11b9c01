FROM alpine
ENV A=${X:?X is needed}
