FROM --platform= alpine
RUN true
