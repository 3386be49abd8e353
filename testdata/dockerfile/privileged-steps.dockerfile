# syntax=docker/dockerfile:1-labs
FROM alpine
RUN --security=insecure mount -t tmpfs none /mnt
run --network=host --network=none curl x
RUN --mount=type=bind,from=build,src=/out,target=/in,rw \
    --mount=type=cache,target=/c \
    --mount=target=. \
    --mount=type=tmpfs,dst=/t \
    --device=vendor.com/gpu=all \
    make
RUN --security="sandbox" true
ONBUILD RUN --security=insecure false
