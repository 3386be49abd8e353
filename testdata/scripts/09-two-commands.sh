#!/bin/sh
# Two containers share a directory, and each takes it for itself.
podman run -d --cap-drop=all --name one -v ./data:/media:Z web.example/one
podman run -d --cap-drop=all --name two -v ./data:/media:ro,Z web.example/two
