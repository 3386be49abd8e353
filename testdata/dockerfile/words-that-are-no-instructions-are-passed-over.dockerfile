{% if x %}
FROM alpine
USRE a
USER b
{% endif %}
