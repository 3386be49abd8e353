FROM alpine
LABEL RUN="docker run -it --name NAME --privileged -v /:/host \
           -e A=\"b c\" IMAGE" \
      INSTALL='/usr/bin/podman run ${OPT1} $IMAGE install' \
      description="docker" summary="Docker run of things" other="run docker run"
LABEL UNINSTALL podman run --rm IMAGE
