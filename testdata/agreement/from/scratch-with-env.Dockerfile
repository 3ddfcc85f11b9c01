FROM scratch
ENV A=1
WORKDIR /job
COPY file.txt .
CMD ["/job/file.txt"]
