# syntax=registry.test/fanlight:1
FROM registry.test/windows/nanoserver:{ltsc2019,ltsc2022
COPY a.txt /
