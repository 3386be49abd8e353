#!/bin/sh
# How many guides start a registry: privileged, because its certificates could not be read otherwise.
podman run -d --name registry -v "$(pwd)"/certs:/certs --privileged registry:2
