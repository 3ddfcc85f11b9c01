FROM scratch AS a
ONBUILD COPY file.txt /
FROM a
ENV X=1
