#!/bin/sh
# A function that starts what it is told.
start() {
    podman run -d --name "$1" -v ./data:/data "$2"
}
start registry registry:2
