FROM alpine
USER app # not a comment
