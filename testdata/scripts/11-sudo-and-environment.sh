#!/usr/bin/env bash
# Words before the engine, and an equals sign.
sudo -E env TZ=UTC docker run --cap-add=ALL --name cache redis:7
