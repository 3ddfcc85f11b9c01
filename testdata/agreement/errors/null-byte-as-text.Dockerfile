FROM alpine
RUN echo \0 \x00
