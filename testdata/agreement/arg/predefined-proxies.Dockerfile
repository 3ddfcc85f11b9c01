FROM alpine
RUN wget example.com
