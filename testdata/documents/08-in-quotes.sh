#!/bin/bash
echo "services:
  registry:
    image: registry:2
    privileged: true" > docker-compose.yml
