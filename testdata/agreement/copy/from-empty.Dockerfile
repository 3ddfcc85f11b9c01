FROM alpine
COPY --from= file.txt /b
