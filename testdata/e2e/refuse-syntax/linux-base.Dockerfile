# syntax=registry.test/fanlight:1
FROM registry.test/library/cache:1809 AS build
COPY Dockerfile /app
FROM registry.test/windows/nanoserver:ltsc2022
COPY --from=build /app C:/app/
