FROM alpine AS base
CMD one
FROM base
ENTRYPOINT ["tini", "--", "a\tb"]
