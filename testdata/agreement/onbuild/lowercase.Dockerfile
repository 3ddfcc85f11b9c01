FROM alpine AS a
onbuild run echo x
FROM a
RUN true
