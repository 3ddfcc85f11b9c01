FROM postgres
RUN id
COPY file.txt /
WORKDIR /new
