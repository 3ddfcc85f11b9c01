FROM alpine
COPY --from=nginx /etc /e
COPY --from=nginx:latest /etc /f
