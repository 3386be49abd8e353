#!/bin/sh
# The command is an argument of another shell.
sh -c 'podman run -d --privileged -v ./certs:/certs --name registry registry:2'
