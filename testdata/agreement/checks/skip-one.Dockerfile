# check=skip=FromAsCasing
FROM alpine as x
WORKDIR rel
