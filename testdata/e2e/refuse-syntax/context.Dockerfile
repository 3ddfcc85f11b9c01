# syntax=registry.test/fanlight:1
FROM base
COPY Dockerfile C:/app/
