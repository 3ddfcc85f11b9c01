FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS base
COPY a /a/

FROM base
COPY b /b/
