FROM alpine
COPY ["file.txt", "a b.txt", "/dest dir/"]
