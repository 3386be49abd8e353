//! Scripts and what they run.

/// Scripts and the commands they run, one a line.
pub(super) const CASES: &[(&str, &[&str])] = &[
    // where a command may stand
    (
        "a && docker run x || docker run y; (docker run z) | cat",
        &["docker run x", "docker run y", "docker run z"],
    ),
    (
        "id=$(docker run -d x)\necho \"$(docker run y)\"",
        &["docker run -d x", "docker run y"],
    ),
    (
        "if docker run a; then :; elif docker run b; then docker run c; fi",
        &["docker run a", "docker run b", "docker run c"],
    ),
    (
        "case $1 in a) docker run a ;; *) docker run b ;; esac",
        &["docker run a", "docker run b"],
    ),
    (
        "echo docker run x\nprintf 'docker run x'\n# docker run x\ncat <<E > f\ndocker run x\nE\ngrep 'docker run' f",
        &[],
    ),
    // prefixes
    ("sudo -E -u root docker run x", &["docker run x"]),
    ("env -i A=b C=\"$d\" docker run x", &["docker run x"]),
    (
        "exec nice -n 5 timeout -s KILL 5m nohup docker run x",
        &["docker run x"],
    ),
    ("$SUDO docker run x", &["docker run x"]),
    ("retry 3 docker run x", &["docker run x"]),
    ("log docker run x", &[]),
    ("find . | xargs -n1 docker run x", &["docker run x …*"]),
    ("command -v docker", &[]),
    // scripts in strings
    ("sh -c 'docker run x'", &["docker run x"]),
    (
        "sudo bash -lc \"docker run -v $PWD:/x y\"",
        &["docker run -v $PWD:/x y"],
    ),
    (
        "ssh -p 22 host 'docker run x' && ssh h docker run y",
        &["docker run x", "docker run y"],
    ),
    (
        "eval \"docker run x\"; trap 'docker run y' EXIT",
        &["docker run x", "docker run y"],
    ),
    (
        "ssh h 'sudo bash -s' <<E\ndocker run x\nE\n$SSH u@h 'docker run y'",
        &["docker run x", "docker run y"],
    ),
    ("su - user -c 'docker run x'", &["docker run x"]),
    (
        "flock /l docker run x; flock -n 9 -c 'docker run y'",
        &["docker run x", "docker run y"],
    ),
    (
        "bash <<EOF\ndocker run x\nEOF\nssh h <<'E'\ndocker run y\nE\n",
        &["docker run x", "docker run y"],
    ),
    ("echo 'docker run x' | sh", &["docker run x"]),
    (
        "A=1\nB=2\nssh h <<E\ndocker run -e a\\$A -e $A \\\n  -e ${B} $(x) i\nE\n",
        &["docker run -e a$A -e 1 -e 2 $(x)* i"],
    ),
    ("A=1\nssh h 'docker run $A'", &["docker run $A*"]),
    ("cat <<E > x\nEcho 'docker run x'\nE\ndocker run y", &["docker run y"]),
    // values
    (
        "O='-v /a:/b --init'\ndocker run $O \"$O\" x",
        &["docker run -v /a:/b --init -v /a:/b --init x"],
    ),
    (
        "a=(-v \"/a b:/c\" --init)\na+=(-t)\ndocker run \"${a[@]}\" x",
        &["docker run -v /a b:/c --init -t x"],
    ),
    (
        "O=-a\nif x; then O=\"$O -b\"; fi\ndocker run $O x",
        &["docker run -a -b? x"],
    ),
    (
        "if x; then O=-a; else O=-b; fi\ndocker run $O x",
        &["docker run -a? -b? x"],
    ),
    ("if x; then I=a; else I=b; fi\ndocker run $I", &["docker run $I"]),
    (
        "if x; then exit 1; else O=-b; fi\ndocker run $O x",
        &["docker run -b x"],
    ),
    (
        "docker run ${X:-img} ${O:---init} ${Y:+-t} ${Z:-}",
        &["docker run img --init? ${O:---init}* -t? ${Z:-}*"],
    ),
    ("[ -z \"$X\" ] && X=img\ndocker run $X", &["docker run img"]),
    ("docker run $OPTS \"$IMG\" \"$@\"", &["docker run $OPTS* $IMG $@*"]),
    (
        "docker run -v{a,b}:/x --p{1..2} i",
        &["docker run -va:/x -vb:/x --p1 --p2 i"],
    ),
    (
        "docker run -v \"$(cd \"$(dirname \"$0\")\" && pwd)\"/x:/y i",
        &["docker run -v $(cd \"$(dirname \"$0\")\" && pwd)/x:/y i"],
    ),
    (
        "P=/a/b.c\ndocker run ${P%.c} ${P##*/} ${P:1:2}",
        &["docker run /a/b b.c a/"],
    ),
    ("x=$(echo hi)\ndocker run $x", &["docker run hi"]),
    ("unset O\ndocker run $O x", &["docker run x"]),
    ("docker run $'a\\tb' \"c\\\"d\" e\\ f", &["docker run a\tb c\"d e f"]),
    // blanks that the grammar gives to an expansion
    (
        "P=-a\nP=\"$P $Q\"\nP=\"$P -b\"\ndocker run $P x",
        &["docker run -a $Q* -b x"],
    ),
    ("bash -euxo pipefail -c 'docker run x'", &["docker run x"]),
    ("env -S 'docker run x'", &["docker run x"]),
    ("at now <<< 'docker run x'", &["docker run x"]),
    ("podman unshare podman run x", &["podman run x"]),
    (
        "~/bin/docker run x\n\"$BIN\"/podman run y",
        &["~/bin/docker run x", "$BIN/podman run y"],
    ),
    (
        "X=-a-a\ndocker run ${X//a/b} ${X/a/b} ${X^^} ${#X} i",
        &["docker run -b-b -b-a -A-A 4 i"],
    ),
    ("X=--init\nY=X\ndocker run ${!Y} i", &["docker run --init i"]),
    ("docker run ${!Y} ${A/x/y} i", &["docker run ${!Y}* ${A/x/y}* i"]),
    (
        "f() { printf '%s' --init; }\ndocker run $(f) i",
        &["docker run --init i"],
    ),
    // functions and parameters
    ("f() { docker run \"$@\"; }\nf -a b", &["docker run -a b"]),
    (
        "f() { local i=$1; shift; docker run $i \"$@\"; }\nf a -b",
        &["docker run a -b"],
    ),
    (
        "f() { docker run -v \"$1\":/x i; }\nf /a\nf /b",
        &["docker run -v /a:/x i", "docker run -v /b:/x i"],
    ),
    ("f() { docker run --init \"$1\"; }", &["docker run --init $1"]),
    (
        "if x; then f() { docker run a; }; else f() { docker run b; }; fi\nf",
        &["docker run a", "docker run b"],
    ),
    ("run() { \"$@\"; }\nrun docker run -t x", &["docker run -t x"]),
    ("docker run $(cat iid) ash", &["docker run $(cat iid)* ash"]),
    (
        "x::d() { sudo docker --debug \"$@\"; }\nx::d run a\nx::d run -t b",
        &["docker --debug run a", "docker --debug run -t b"],
    ),
    ("docker=(sudo docker)\n\"${docker[@]}\" run a", &["docker run a"]),
    (
        "d='sudo docker'; $d run a\n${E:-docker} run b",
        &["docker run a", "docker run b"],
    ),
    (
        "podman() { sudo podman \"$@\"; }\npodman run a",
        &["podman run a", "podman $@*"],
    ),
    (
        "set -- -a \"$x\"\nset -- \"$@\" -b\ndocker run \"$@\"",
        &["docker run -a $x -b"],
    ),
    (
        "for i in 1 2; do A=\"$A -p $i\"; done\ndocker run $A x",
        &["docker run $A* -p 1 -p 2 x"],
    ),
    (
        "for i in a b; do docker run -v $i:/x y; done",
        &["docker run -v a:/x y", "docker run -v b:/x y"],
    ),
    (
        "while [ $# -gt 0 ]; do case $1 in -p) O+=(--privileged);; esac; shift; done\ndocker run \"${O[@]}\" x",
        &["docker run --privileged? x"],
    ),
    (
        "declare -A M=([f]=--init [\"b c\"]=$x)\nM[k]=v\ndocker run \"${M[f]}\" \"${M[k]}\" ${M['b c']}",
        &["docker run --init v $x*"],
    ),
    (
        "declare -a K=([0]=--init [1]=i)\ndocker run \"${K[@]}\"",
        &["docker run --init i"],
    ),
    ("A=(-t i)\ndocker run \"${A[0]}\" \"${A[-1]}\"", &["docker run -t i"]),
    // engines
    ("DOCKER=${DOCKER:-docker}\n$DOCKER run x", &["docker run x"]),
    ("E=$(command -v podman || command -v docker)\n$E run x", &["$E run x"]),
    (
        "if a; then C='sudo docker'; else C=docker; fi\n$C run x",
        &["docker run x"],
    ),
    ("x && D=docker || D=podman\n$D run x", &["$D run x"]),
    ("case x in a) D=docker;; b) D=podman;; esac\n$D run x", &["$D run x"]),
    ("for e in docker podman; do $e run x; done", &["$e run x"]),
    ("type -p docker && X=docker\n$X run x", &["docker run x"]),
    ("alias d='sudo docker'\nd run x", &["docker run x"]),
    ("CMD='docker run -t'\n$CMD x", &["docker run -t x"]),
    // what the grammar cannot read
    ("docker run 2>/dev/null -a x > y", &["docker run -a x"]),
    ("docker run `# why` \\\n  -a `# and why` \\\n  x", &["docker run -a x"]),
    (
        "cat <<A && bash <<B && docker run c\na\nA\ndocker run b\nB\n",
        &["docker run b", "docker run c"],
    ),
    (
        "case $x in a) docker run y ;& esac\ndocker run z",
        &["docker run y", "docker run z"],
    ),
    (
        "<<A cat > /x && docker run a\ndocker run b\nA\ndocker run c\n",
        &["docker run a", "docker run c"],
    ),
    ("> /x <<A cat\ndocker run b\nA\n", &[]),
    ("bash \\\n  <<A\ndocker run a\nA\n", &["docker run a"]),
    ("if <<A bash -s; then :; fi\ndocker run a\nA\n", &["docker run a"]),
    (
        "echo a\n\\docker run z\nif \\docker run y; then :; fi",
        &["docker run z", "docker run y"],
    ),
    (
        "x | { cat; } | y\ndocker run a\ncat <<E\nhi\nE\ndocker run b\n",
        &["docker run a", "docker run b"],
    ),
    ("exec {fd}<> /x\ndocker run z", &["docker run z"]),
    ("cat <<E | docker run -i x\nin\nE\n", &["docker run -i x"]),
];
