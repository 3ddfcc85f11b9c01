FROM alpine
ADD https://example.com/a%20b?x=1#y /dir/
ADD https://example.com/ /dir/root
ADD https://example.com /dir/host
