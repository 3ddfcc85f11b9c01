# syntax=registry.test/fanlight:1
FROM registry.test/windows/nanoserver:any
COPY --from=registry.test/library/tools:any /Windows/System32/10.0.*.dll C:/tools/
