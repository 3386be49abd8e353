#!/usr/bin/env bash
# The privileged flag stands in an array, beside others.
args=(--name registry --privileged)
args+=(-v "$PWD/certs:/certs")
podman run -d "${args[@]}" registry:2
