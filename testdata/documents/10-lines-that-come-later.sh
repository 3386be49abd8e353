#!/bin/bash
EXTRA=$(printf '    cap_add: [CHOWN]\n    cap_drop: [ALL]')
cat > compose.yaml <<EOF
services:
  registry:
    image: registry:2
    privileged: true
  other:
    image: registry:2
$EXTRA
EOF
