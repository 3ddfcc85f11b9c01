# check=skip=FromAsCasing
FROM alpine as A
ENV a b
