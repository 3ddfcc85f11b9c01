from alpine
RUN x
env a=1
COPY file.txt /
