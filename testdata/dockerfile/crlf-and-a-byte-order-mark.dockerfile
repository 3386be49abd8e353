FROM alpine
RUN --security=insecure docker run \
  # c
  --privileged \
  b
RUN <<X
podman run c
X
USER d
