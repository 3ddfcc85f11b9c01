FROM alpine AS a
SHELL ["/bin/zsh", "-c"]
FROM a
RUN echo
CMD x
