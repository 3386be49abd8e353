#!/bin/sh
# All options in one string that is split at its blanks.
OPTS="-d --privileged -p 5000:5000"
podman run $OPTS --name registry registry:2
