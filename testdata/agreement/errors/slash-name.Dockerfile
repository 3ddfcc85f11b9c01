FROM /alpine
RUN true
