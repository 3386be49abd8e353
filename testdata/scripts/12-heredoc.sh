#!/bin/sh
# A script in a heredoc.
bash <<'EOF'
podman run -d --privileged --name registry \
    registry:2
EOF
