FROM alpine
LABEL größe="naïve – €" \
  b=c
USER jürgen
