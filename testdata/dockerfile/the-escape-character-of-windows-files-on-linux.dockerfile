# escape=`
FROM alpine
RUN docker run `
  --privileged `
  alpine
USER a\b
