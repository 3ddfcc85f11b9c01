FROM alpine
RUN echo hello && echo "a  b"
