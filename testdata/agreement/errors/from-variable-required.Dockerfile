FROM ${V:?which image}
RUN true
