# check=skip=NoSuchRule
FROM alpine as x
