FROM alpine
ADD https://example.com/dir/file.tar.gz /
ADD http://example.com/file /dir/
