#!/bin/sh
# Every option has a line of its own, with a comment before the command.
podman run -d \
    --name registry \
    --privileged \
    -v "$(pwd)"/certs:/certs \
    registry:2
