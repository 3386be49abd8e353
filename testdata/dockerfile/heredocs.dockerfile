FROM alpine
RUN <<EOF
docker run a
EOF
RUN <<-"EOF" bash -e
	docker run b
	EOF
RUN cat > x <<A && docker run c \
  d
FROM no
A
RUN <<EOF
#!/usr/bin/env python3
import docker
EOF
RUN <<EOF
#!/bin/bash -e
podman run e
EOF
COPY --chmod=755 <<EOF <<P /usr/bin/
#!/bin/sh
docker run f
EOF
docker run g
P
USER u
