# escape=`
FROM x AS b
SHELL ["/bin/bash","-c"]
RUN --security=insecure <<E
setcap cap_net_raw+ep /x
E
USER root
