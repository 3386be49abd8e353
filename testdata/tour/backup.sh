#!/usr/bin/env bash
# A backup that is started from a timer; its options come from an array.
set -euo pipefail

args=(--rm --name backup -v /home:/source:Z)
args+=(-v ./repository:/repository)
if [ -e /dev/fuse ]; then
    args+=(--security-opt label=disable)
fi

podman run "${args[@]}" docker.io/restic/restic:0.18 backup /source
