# syntax=registry.test/fanlight:1
FROM registry.test/windows/nanoserver:ltsc2022 AS made
WORKDIR /app
COPY one.txt .
COPY two.txt sub/

FROM registry.test/windows/nanoserver:ltsc2022
COPY --from=made /app /copied
COPY --from=made /Windows/System32/ntdll.dll /copied/
