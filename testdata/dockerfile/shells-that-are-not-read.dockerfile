FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS win
RUN docker run a
FROM win
RUN docker run b
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN docker run c
FROM alpine AS power
SHELL ["pwsh", "-Command"]
RUN docker run d
FROM power
RUN docker run e
FROM --platform=windows/amd64 x
RUN docker run f
FROM mcr.microsoft.com/powershell:nanoserver-1809
RUN docker run g
