FROM alpine
RUN echo "abc
