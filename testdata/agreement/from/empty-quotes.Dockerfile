FROM ""
RUN true
