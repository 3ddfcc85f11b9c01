FROM scratch
ENV A=1
WORKDIR /work
COPY file.txt .
CMD ["/work/file.txt"]
