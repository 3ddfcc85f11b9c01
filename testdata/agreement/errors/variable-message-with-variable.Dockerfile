FROM alpine
ENV W=world
ENV A=${V:?hello $W}
