FROM later
USER a
FROM alpine AS later
