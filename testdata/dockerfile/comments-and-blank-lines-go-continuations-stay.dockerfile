FROM alpine
RUN --network=none \
    # why
    docker run \
    # more why

      --privileged \
    alpine && \  
    echo "# not a comment"
