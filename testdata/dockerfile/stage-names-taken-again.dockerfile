FROM alpine AS alpine
USER a
FROM alpine AS x
FROM scratch AS x
FROM x
