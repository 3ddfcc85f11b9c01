FROM alpine
ARG S=busybox
RUN --mount=from=$S,target=/x true
