FROM alpine
RUN --network=host <<EOF
docker run a
USER b
