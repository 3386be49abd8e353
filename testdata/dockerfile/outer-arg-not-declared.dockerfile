ARG WHO=root
FROM alpine
USER $WHO
