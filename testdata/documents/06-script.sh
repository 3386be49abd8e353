#!/bin/bash
cat > run.sh <<EOF
#!/bin/sh
NAME=\$1
docker run -d --name "\$NAME" \\
  --privileged \\
  registry:2
EOF
sh run.sh registry
