FROM alpine AS with/slash
RUN true
