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
        "f() { (o=--init; return); o2=-t; }\nf\ndocker run $o2 $o x",
        &["docker run -t $o* x"],
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
    // a name that stands for another
    (
        "f() { local -n out=$1; out+=(--init); }\na=(-d)\nf a\ndocker run \"${a[@]}\" x",
        &["docker run -d --init x"],
    ),
    (
        "f() { declare -n out=$1; out=\"$out --init\"; out=$out; }\no=-t\nf o\nout=\ndocker run $o $out x",
        &["docker run -t --init x"],
    ),
    ("I=alpine\ndeclare -n R=I\ndocker run $R e", &["docker run alpine e"]),
    (
        "f() { local -n out=$1; out=--init; }\no=\nf \"$x\"\ndocker run $o x",
        &["docker run $o* x"],
    ),
    // a declaration of words
    (
        "o=\ndeclare \"o=--init\"\nexport \"e=$x\"\ndocker run $o -e \"$e\" x",
        &["docker run --init -e $x x"],
    ),
    ("o=\ndeclare \"$k=$v\"\ndocker run $o x", &["docker run $o* x"]),
    (
        "o=-t\nexport $(grep -v '#' .env | xargs)\ndocker run $o x",
        &["docker run -t? $o* x"],
    ),
    (
        "o=\nf() { local \"$1\"; docker run $o x; }\nf \"$y\"",
        &["docker run $o* x"],
    ),
    // commands that set names
    ("o=\nprintf -v o '%s' \"$x\"\ndocker run $o x", &["docker run $o* x"]),
    ("o=\nprintf -vo %s -d\ndocker run $o x", &["docker run $o* x"]),
    ("o=\nprintf -v \"$k\" %s -d\ndocker run $o x", &["docker run $o* x"]),
    ("n=1\nlet n+=1\ndocker run --name a$n x", &["docker run --name a$n x"]),
    ("o=\neval \"$(./settings)\"\ndocker run $o x", &["docker run $o* x"]),
    ("o=\neval \"$k='$v'\"\ndocker run $o x", &["docker run $o* x"]),
    (
        "o=-t\neval \"$(ssh-agent -s)\"\neval \"o2=--init\"\ndocker run $o $o2 x",
        &["docker run -t --init x"],
    ),
    ("o=\nread -r \"$k\"\ndocker run $o x", &["docker run $o* x"]),
    ("REPLY=\nread -r\ndocker run $REPLY x", &["docker run $REPLY x"]),
    (
        "o=\nshopt -s lastpipe\necho --init | read -r o\ndocker run --name \"$o\" x",
        &["docker run --name $o x"],
    ),
    ("o=-t\necho --init | read -r o\ndocker run $o x", &["docker run -t x"]),
    // files that are not read
    ("o=\n. /etc/default/registry\ndocker run $o x", &["docker run $o* x"]),
    (
        "a=(docker run -d)\nsource \"$L/lib.sh\"\n\"${a[@]}\" --name x y",
        &["docker run $a* -d $a* --name x y"],
    ),
    (
        "n=web i=nginx:1\n[ -f .env ] && . ./.env\ndocker run --name $n $i",
        &["docker run --name web nginx:1"],
    ),
    (
        "o=-t\n. /etc/os-release\n. venv/bin/activate\ndocker run $o x",
        &["docker run -t x"],
    ),
    (
        ". ./lib.sh\no=\nparse_args \"$@\"\nlog_info x\ndocker run $o x",
        &["docker run $o* x"],
    ),
    (
        "e() { o=--init; }\no=\nk=-t\n\"$1\"\ndocker run $o $k x",
        &["docker run $o* -t x"],
    ),
    // defaults that whoever runs the script may replace
    (
        "[ -z \"$o\" ] && o=--init\nif [ -z \"$p\" ]; then p='-t -i'; fi\ndocker run $o $p x",
        &["docker run --init? $o* -t? -i? $p* x"],
    ),
];
