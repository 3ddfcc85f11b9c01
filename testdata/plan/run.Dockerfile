FROM mcr.microsoft.com/windows/nanoserver:ltsc2022 AS tools
RUN curl.exe -o tool.zip https://example.test/tool.zip

FROM mcr.microsoft.com/windows/nanoserver:ltsc2022,ltsc2025
RUN mkdir C:\app
COPY --from=tools /tool.zip C:/app/
RUN setx PATH "C:\app;%PATH%" && \
    del tool.zip
WORKDIR C:/app
