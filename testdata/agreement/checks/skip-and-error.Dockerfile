# check=skip=FromAsCasing;error=true
FROM alpine as x
RUN true
