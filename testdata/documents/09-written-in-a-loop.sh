#!/bin/bash
for name in one two; do
  cat > "$name.compose.yaml" <<EOF
services:
  $name:
    image: registry:2
    privileged: true
EOF
done
