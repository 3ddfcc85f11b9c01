FROM alpine
ARG HTTP_PROXY
RUN wget example.com
