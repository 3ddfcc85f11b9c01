FROM scratch
ENV PATH=/opt/bin:$PATH
COPY file.txt /
