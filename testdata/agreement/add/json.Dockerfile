FROM alpine
ADD ["file.txt", "/a b/"]
