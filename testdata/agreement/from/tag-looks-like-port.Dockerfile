FROM gcr.io/a:5000
RUN true
