#!/bin/bash
docker build -t tool -<<EOF
FROM debian:12
RUN --security=insecure apt-get update && \\
    apt-get install -y curl
RUN useradd app
CMD ["curl"]
EOF
