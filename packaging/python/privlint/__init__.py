"""The wheel of privlint: a binary, and `python -m privlint` to start it."""
