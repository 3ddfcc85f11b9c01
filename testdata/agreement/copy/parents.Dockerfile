FROM alpine
COPY --parents src/main.rs file.txt /app/
COPY --parents ./src/./main.rs /b
COPY --parents src/*/x /c/
