FROM alpine AS a--b
RUN true
FROM a--b AS c.-d
RUN true
