# escape=`
FROM alpine
ENV FOO=bar
RUN echo C:\hello `$FOO $FOO "a`tb" "a`"b" ``
RUN Get-Item C:\Windows `
    C:\`$Recycle.Bin
