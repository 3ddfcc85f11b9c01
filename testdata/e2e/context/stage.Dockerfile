# syntax=registry.test/fanlight:1
FROM registry.test/windows/servercore:ltsc2022 AS below
COPY renamed.txt /below/
FROM below
COPY added.txt /added/
