# check=experimental=CopyIgnoredFile
FROM alpine
COPY target /
ADD a.log /
