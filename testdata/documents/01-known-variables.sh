#!/bin/bash
set -e
TAG=2
DATA=/srv/registry
cat > compose.yaml <<EOF
services:
  registry:
    image: registry:$TAG
    privileged: true
    volumes:
      - ./certs:/certs
      - $DATA:/var/lib/registry
    environment:
      # Compose fills this in
      WHO: \${WHO:-nobody}
  web:
    image: nginx:1.27
    privileged: true
EOF
