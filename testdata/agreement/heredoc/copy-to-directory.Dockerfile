FROM alpine
COPY <<one.txt <<two.txt /dir/
first
one.txt
second
two.txt
