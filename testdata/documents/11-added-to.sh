#!/bin/bash
cat > compose.yaml <<EOF
services:
  registry:
    image: registry:2
  other:
    image: registry:2
EOF
if [ -n "$HARDENED" ]; then
  echo '    cap_drop: [ALL]' >> compose.yaml
fi
