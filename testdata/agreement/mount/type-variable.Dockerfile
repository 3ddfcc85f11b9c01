FROM alpine
ARG T=cache
RUN --mount=type=$T,target=/a ls
