f() { "$ENGINE" run "${o[@]}" "$@"; }
o=(-v "$PWD:/d" --cap-add={A,B})
for i in 1 2; do f --name "x$i" img; done
cat <<-E | docker compose -f - up
	services: {a: {image: x, privileged: true}}
E
. ./input.sh
