FROM mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0
COPY agent.ps1 .
ENTRYPOINT ["powershell.exe", "-File", "agent.ps1"]
