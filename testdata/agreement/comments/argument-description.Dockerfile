# VERSION is what is built
ARG VERSION=1
FROM alpine
# OTHER is something else
ARG OTHER=2 THIRD=3
# LAST has no value
ARG LAST
RUN true
