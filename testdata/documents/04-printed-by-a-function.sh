#!/bin/bash
render() {
  cat <<EOF
services:
  $1:
    image: registry:2
    privileged: true
EOF
}
render registry > docker-compose.yml
