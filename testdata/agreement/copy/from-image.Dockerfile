FROM alpine
COPY --from=nginx:1 /etc/nginx /etc/nginx
