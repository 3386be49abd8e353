#!/bin/bash
mkdir -p etc
cat > etc/registry.service <<-'EOF'
	[Unit]
	Description=registry

	[Service]
	ExecStart=/usr/bin/docker run --rm \
	    --name registry \
	    --privileged \
	    registry:2
	EOF
