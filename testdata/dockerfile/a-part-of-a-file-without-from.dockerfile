RUN --network=host docker run a
USER b
