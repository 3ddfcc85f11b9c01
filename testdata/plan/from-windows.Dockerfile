# The second image of each version is read, the first one is not.
ARG VERSION=ltsc2019,ltsc2022
FROM mcr.microsoft.com/windows/nanoserver:${VERSION} AS addon
COPY extra.dll /extra/

FROM mcr.microsoft.com/windows/nanoserver:${VERSION}
COPY --from=addon /Windows/System32/netapi32.dll /Windows/System32/netapi32.dll
COPY --from=addon /extra/extra.dll /app/
COPY app.exe /app/
