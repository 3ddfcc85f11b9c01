FROM example/onbuild
COPY file.txt /
