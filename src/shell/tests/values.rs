//! What names stand for after `return`, `exec`, loops and assignments that are not written as such.

/// Scripts and the commands they run, one a line.
pub(super) const CASES: &[(&str, &[&str])] = &[
    // what a `return` leaves behind
    (
        "f() { if a; then o=--init; return; fi; o=; }\nf\ndocker run $o x",
        &["docker run --init? x"],
    ),
    (
        "f() { [ -n \"$a\" ] && { o=--init; return 0; }; o=-t; }\nf\ndocker run $o x",
        &["docker run --init? -t? x"],
    ),
    (
        "f() { case $1 in a) o=--init; return ;; b) o=-t; return ;; esac; o=; }\nf \"$1\"\ndocker run $o x",
        &["docker run --init? -t? x"],
    ),
    (
        "f() { for i in $(a); do if b; then o=--init; return; fi; done; o=; }\nf\ndocker run $o x",
        &["docker run --init? x"],
    ),
    (
        "f() { local o=-t; g; docker run $o x; }\ng() { if a; then o=--init; return; fi; exit 1; }\nf\ndocker run y",
        &["docker run --init x", "docker run y"],
    ),
    (
        "f() { (o=--init; return); o2=-t; }\nf\ndocker run $o2 ${o:+a} x",
        &["docker run -t a? x"],
    ),
    // `exec` that only redirects goes on
    (
        "o=\nif a; then exec >>log 2>&1; o=--init; fi\ndocker run $o x",
        &["docker run --init? x"],
    ),
    (
        "o=\nif a; then exec 3<>/dev/null; o=--init; fi\ndocker run $o x",
        &["docker run --init? x"],
    ),
    (
        "l() { exec > >(tee log); }\no=\nif a; then l; o=--init; fi\ndocker run $o x",
        &["docker run --init? x"],
    ),
    (
        "o=\nif a; then exec {log}>log; o=--init; fi\ndocker run $o x",
        &["docker run --init? x"],
    ),
    (
        "o=\nif a; then o=--init; exec true; fi\ndocker run $o x",
        &["docker run x"],
    ),
    // what a round hands to the next
    (
        "o=\nfor i in $(a); do docker run $o x; o=--init; done",
        &["docker run --init? x"],
    ),
    (
        "o=\nwhile read -r l; do docker run $o x; o=--init; done < f",
        &["docker run --init? x"],
    ),
    (
        "o=\nuntil a; do docker run $o x; o=--init; done",
        &["docker run --init? x"],
    ),
    (
        "o=\nf() { docker run $o x; o=--init; }\nwhile a; do f; done",
        &["docker run --init? x"],
    ),
    (
        "o=\nwhile docker run $o x; do for i in $(a); do o=--init; done; done",
        &["docker run --init? x"],
    ),
    (
        "o=\nwhile a; do docker run $o x; o=--init; exit; done",
        &["docker run x"],
    ),
    // options before and after the text of a script
    (
        "trap -- 'docker run x' EXIT\nsh -c -- 'docker run y'\nbash -c -e 'docker run z'",
        &["docker run x", "docker run y", "docker run z"],
    ),
    (
        "bash -c -o pipefail 'docker run $1' a b\nbash -ce -u -- 'docker run $1' a c\nsudo bash -c +x 'docker run x'",
        &["docker run b", "docker run c", "docker run x"],
    ),
    // an element that is set again is another one no more
    (
        "a=()\na[0]=--privileged\na[0]=--init\na[1]=-t\ndocker run \"${a[@]}\" x",
        &["docker run --init -t x"],
    ),
    (
        "a=(-d --privileged)\na[1]=--init\na[${#a[@]}]=-t\na[${#a[*]}]=-i\ndocker run \"${a[@]}\" x",
        &["docker run -d --init -t -i x"],
    ),
    (
        "declare -A a\na[x]=--privileged\na[y]=-t\na[x]=--init\ndocker run ${a[@]} x",
        &["docker run --init -t x"],
    ),
    (
        "a[3]=-t\na[0]=-i\ni=0\na[i]=-d\na[i]=--rm\ndocker run ${a[@]} x",
        &["docker run -t -i -d --rm x"],
    ),
    ("a=(-v)\na[0]+=/a:/b\ndocker run ${a[@]} x", &["docker run -v/a:/b x"]),
];
