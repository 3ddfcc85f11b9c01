FROM alpine
COPY file.txt <<extra.txt /dir/
extra
extra.txt
