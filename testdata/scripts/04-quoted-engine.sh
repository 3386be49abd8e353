#!/usr/bin/env bash
# The engine is a variable with a default, the mount is quoted as a whole.
ENGINE=${ENGINE:-podman}
"$ENGINE" run --rm --cap-drop=all -v "$PWD/site:/site" builder.example/hugo build
