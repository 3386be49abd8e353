#!/bin/bash
cat > install.sh <<'SCRIPT'
#!/bin/bash
cat > compose.yaml <<EOF
services:
  registry:
    image: registry:2
    privileged: true
    volumes:
      - ./certs:/certs
EOF
SCRIPT
bash install.sh
