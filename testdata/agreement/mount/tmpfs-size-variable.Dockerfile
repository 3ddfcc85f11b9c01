FROM alpine
ARG S=1m
RUN --mount=type=tmpfs,target=/tmp,size=$S ls
