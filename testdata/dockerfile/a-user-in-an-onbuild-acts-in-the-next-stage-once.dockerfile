FROM alpine AS base
USER a
ONBUILD USER b
ONBUILD RUN make
FROM base AS child
FROM child
RUN x
