# syntax=registry.test/fanlight:1
# The directive would have to stand above this line.
# escape=`
FROM registry.test/windows/nanoserver:ltsc2022
RUN $x = 1; `
    Write-Host $x
