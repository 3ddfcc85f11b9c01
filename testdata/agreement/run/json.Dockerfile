FROM alpine
RUN ["echo", "hello world", "$HOME"]
