FROM alpine
RUN ["docker", "run", "it's", \
  "a\"b"]
RUN ["docker"
