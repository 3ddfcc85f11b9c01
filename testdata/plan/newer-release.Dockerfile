FROM mcr.microsoft.com/windows/nanoserver:ltsc2025,ltsc2099
COPY app.exe C:/
ENTRYPOINT ["app.exe"]
