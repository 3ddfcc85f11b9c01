FROM alpine
WORKDIR /app
RUN --mount=type=cache,target=node_modules build
