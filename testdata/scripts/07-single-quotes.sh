#!/bin/sh
# Single quotes around the mount, and options after it.
podman run -d --cap-drop=all -v './certs:/certs:ro' --name registry registry:2
