FROM debian:13 AS base
USER 1000
FROM base AS middle
RUN a
FROM golang:1.25 AS other
USER nobody
from Middle as last
CMD ["run"]
