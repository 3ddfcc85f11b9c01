FROM alpine
RUN a \

  && b \
  # comment is fine

  && c
