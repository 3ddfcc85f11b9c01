# check=what=1
FROM alpine
