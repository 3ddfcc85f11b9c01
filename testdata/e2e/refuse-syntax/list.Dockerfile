# syntax=registry.test/fanlight:1
FROM registry.test/windows/nanoserver:{ltsc2019,ltsc2022}
COPY --from=registry.test/library/cache:{ltsc2019,ltsc2022} /version.txt C:/version/
