FROM alpine
EXPOSE 80 443/tcp $PORT
ENV A=1 \
    B="two words" C='$A' D=$A
ENV OLD form of it
LABEL a.b=c "key with blank"="v w" \
  # a comment
  x=y
LABEL old the rest
VOLUME ["/data", "/more"]
VOLUME /third
