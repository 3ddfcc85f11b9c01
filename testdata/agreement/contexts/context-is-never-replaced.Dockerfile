FROM alpine AS context
COPY --from=context file.txt /
