#!/bin/sh
# The long form of a mount, in which podman takes a label as a field.
podman run -d --cap-drop all --mount type=bind,source=./certs,target=/certs --name registry registry:2
