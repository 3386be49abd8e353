FROM alpine AS base
ARG ID=1
ENV ID=2 NAME=${ID}x
ARG ID=3
FROM base
USER "${NAME}:$ID"
