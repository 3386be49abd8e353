#!/bin/bash
up() {
	docker compose -f - up -d <<-EOF
		services:
		  registry:
		    image: registry:2
		    privileged: true # so that it can read the certificates
		    volumes:
		      - type: bind
		        source: ./certs
		        target: /certs
	EOF
}
up
