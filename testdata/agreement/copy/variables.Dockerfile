FROM alpine
ARG F=file D=/dest
COPY $F.txt ${D}/${F}2.txt
