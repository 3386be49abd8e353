FROM alpine
CMD ["one", "two"]
ENTRYPOINT exec thing --flag
