# check=error=true
FROM alpine AS x
RUN true
