FROM alpine AS one
# what this stage does
RUN true
# two is the last
FROM one AS two
RUN true
