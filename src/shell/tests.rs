#![allow(clippy::unwrap_used)]

use super::*;
use crate::container::Text;

mod grammar;
mod kinds;
mod prefixes;

fn outcome(text: &str) -> Outcome {
    read(&Input {
        text,
        outer: None,
        file: FileId(0),
        path: Path::new("run.sh"),
        open: None,
    })
}

/// Each command as its words: `?` after one that only some path gives, `*` after one that may be
/// any number of words.
fn commands(text: &str) -> Vec<String> {
    let shown = |line: &CommandLine| {
        let words: Vec<String> = line
            .words
            .iter()
            .map(|w| {
                let certain = if w.certain { "" } else { "?" };
                let splits = if w.splits { "*" } else { "" };
                format!("{}{certain}{splits}", w.text.shown())
            })
            .collect();
        words.join(" ")
    };
    outcome(text).commands.iter().map(shown).collect()
}

/// Scripts and the commands they run, one a line.
const CASES: &[(&str, &[&str])] = &[
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

#[test]
fn scripts_run_what_they_say() {
    check(CASES);
}

fn check(cases: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (script, expected) in cases {
        let found = commands(script);
        if found != *expected {
            wrong.push(format!("{script}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The bytes that a word is placed at, and the names of the steps of its way.
fn place(text: &str, word: &str) -> (String, Vec<String>) {
    let outcome = outcome(text);
    let found = outcome
        .commands
        .iter()
        .flat_map(|c| &c.words)
        .find(|w| w.text.is(word))
        .unwrap();
    let span = text.get(found.place.value.range()).unwrap();
    (
        span.to_owned(),
        found.place.via.iter().map(|v| v.name.clone()).collect(),
    )
}

#[test]
fn words_are_placed_where_they_are_written() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("docker run \"--a\"'b' x", "--ab", "\"--a\"'b'", &[]),
        ("O=\"-t --init\"\ndocker run $O x", "--init", "--init", &["O"]),
        ("O=\"-t\"\nO=\"$O --init\"\ndocker run $O x", "-t", "-t", &["O"]),
        (
            "O=--init\nP=\"-t $O\"\ndocker run $P x",
            "--init",
            "--init",
            &["P", "O"],
        ),
        ("a=(-v '/a:/b')\ndocker run \"${a[@]}\" x", "/a:/b", "'/a:/b'", &["a"]),
        (
            "a=(-t)\nb=(\"${a[@]}\" -i)\ndocker run \"${b[@]}\" x",
            "-t",
            "-t",
            &["b", "a"],
        ),
        (
            "f() { docker run \"$@\" x; }\nf \"--init\"",
            "--init",
            "\"--init\"",
            &["@"],
        ),
        ("D=/a\ndocker run -v $D:/b x", "/a:/b", "$D:/b", &[]),
        ("sh -c 'docker run --init x'", "--init", "--init", &[]),
        ("O=\"-t --init\"\nssh h \"docker run $O x\"", "--init", "--init", &["O"]),
    ];
    for (text, word, span, way) in cases {
        let (found, steps) = place(text, word);
        assert_eq!(found, *span, "{text}");
        assert_eq!(steps, *way, "{text}");
    }
}

#[test]
fn what_is_surely_broken_is_said_and_the_rest_is_read() {
    for (text, message) in [
        ("docker run x\necho \"abc\n", "this quote is never closed"),
        ("docker run x\necho 'abc\n", "this quote is never closed"),
        (
            "docker run x\ncat <<EOF\nabc\n",
            "this heredoc has no line that ends it",
        ),
    ] {
        let outcome = outcome(text);
        assert_eq!(outcome.problems.len(), 1, "{text}");
        assert_eq!(outcome.problems.first().unwrap().message, message, "{text}");
        assert_eq!(outcome.commands.len(), 1, "{text}");
    }
}

#[test]
fn what_bash_takes_is_not_called_broken() {
    for text in [
        "echo it\\'s \"$(echo \"a\")\" ${x:-'\"'} $'a\\'b' # it's",
        "echo \"\\b$NAME$\" '\"' \"'\"",
        "case x in a) echo \"b\";; esac\nx=$(case y in z) echo \"1\";; esac)",
        "cat <<'E' <<-F\nit's\nE\n\"\n\tF\n",
        "x=$((1 << 2)); ((y = x << n)); echo \"`echo \\\"a\\\"`\"",
        "[[ $a =~ ^\"b\" ]] && echo \"${a//\"x\"/y}\" ${b#\\\"}",
        "x=$(cat <<E\nit's\nE\n)\n",
        "for i in {1..50000}; do docker run x; done; printf '%s' {1..75}",
    ] {
        assert_eq!(outcome(text).problems, [], "{text}");
    }
}

#[test]
fn bounds_are_said_and_what_comes_before_is_read() {
    let deep = |open: &str, close: &str| format!("docker run x\n{}:{}\n", open.repeat(3000), close.repeat(3000));
    let cases = [
        ("a=(", format!("docker run x\n{}", "a=(".repeat(100_000))),
        ("$(", deep("echo $(", ")")),
        ("(", deep("( ", " )")),
        ("${", deep("${a:-", "}")),
        (
            "if",
            format!(
                "docker run x\n{}:\n{}",
                "if x; then\n".repeat(2000),
                "fi\n".repeat(2000)
            ),
        ),
        (
            "doubling",
            format!("docker run x\nA=12345678\n{}docker run $A\n", "A=\"$A$A\"\n".repeat(60)),
        ),
        (
            "array",
            format!("docker run x\na=(x)\n{}", "a=(\"${a[@]}\" \"${a[@]}\")\n".repeat(60)),
        ),
        (
            "braces",
            format!("docker run x\ndocker run -v={}", "{a,b}{c,d}".repeat(40)),
        ),
        ("numbers", "docker run x\ndocker run {1..99999999}".to_owned()),
        (
            "calls",
            format!(
                "docker run x\n{}f0\n",
                (0..60)
                    .map(|i| format!("f{i}() {{ f{0}; f{0}; }}\n", i + 1))
                    .collect::<String>()
            ),
        ),
        ("quoted", format!("docker run x\n{}", "\"$(".repeat(50_000))),
        (
            "set",
            format!("docker run x\n{}", "set -- \"$@\" -v /a:/b\n".repeat(4_000)),
        ),
        (
            "long",
            format!("docker run x\ndocker run {}", "-v /a:/b ".repeat(300_000)),
        ),
    ];
    for (name, text) in cases {
        let outcome = outcome(&text);
        assert!(outcome.problems.iter().any(|p| p.ends_reading), "{name}");
        assert!(!outcome.commands.is_empty(), "{name}");
    }
}

#[test]
fn calls_without_end_come_to_an_end() {
    let branching: String = (0..40).map(|i| format!("f{i}() {{ f{0}; f{0}; }}\n", i + 1)).collect();
    for text in [
        "f() { docker run x; f; g; }\ng() { f; f; }\nf".to_owned(),
        format!("{branching}f40() {{ docker run x; }}\nf0\n"),
        "e() { eval \"e e\"; }\ne\ndocker run x".to_owned(),
        "alias a='a a'\na\ndocker run x".to_owned(),
    ] {
        assert_eq!(commands(&text), ["docker run x"], "{text}");
    }
}

#[test]
fn files_that_are_sourced_give_their_values() {
    let open = |path: &Path| match path.to_str() {
        Some("scripts/lib/common.sh") => Some("OPTS=--init\nhelper() { docker run \"$@\"; }\n".to_owned()),
        _ => None,
    };
    let read = |text: &str| {
        super::read(&Input {
            text,
            outer: None,
            file: FileId(0),
            path: Path::new("scripts/run.sh"),
            open: Some(&open),
        })
    };
    for source in [
        ". ./lib/common.sh",
        "source \"$(dirname \"$0\")/lib/common.sh\"",
        ". \"${BASH_SOURCE%/*}/lib/common.sh\"",
    ] {
        let outcome = read(&format!("{source}\ndocker run $OPTS x\n"));
        let line = outcome.commands.iter().find(|c| c.file == FileId(0)).unwrap();
        let word = line.words.get(2).unwrap();
        assert!(word.text.is("--init"), "{source}");
        assert_eq!(word.place.file, FileId(1));
        assert_eq!(outcome.sourced.len(), 1);
    }
}

/// The lines that commands stand at, counted from 1.
fn lines(text: &str) -> Vec<usize> {
    let at = |line: &CommandLine| {
        let before = text.get(..line.span.start as usize).unwrap();
        before.matches('\n').count() + 1
    };
    outcome(text).commands.iter().map(at).collect()
}

#[test]
fn a_wrapped_engine_stands_at_its_calls() {
    let text = "d() { docker \"$@\"; }\nd run a\nr() { \"$@\"; }\nr docker run b\nr d run c\n";
    assert_eq!(commands(text), ["docker run a", "docker run b", "docker run c"]);
    assert_eq!(lines(text), [2, 4, 5]);
    // each of many calls is there
    let many = format!(
        "r() {{ \"$@\"; }}\nd() {{ docker \"$@\"; }}\n{}",
        "r docker run a\nd run b\n".repeat(300)
    );
    assert_eq!(commands(&many).len(), 600);
    let late = format!("r() {{ \"$@\"; }}\n{}r docker run a\n", "r true\n".repeat(300));
    assert_eq!(commands(&late), ["docker run a"]);
}

#[test]
fn nothing_is_lost_where_a_function_is_called_very_often() {
    let calls = |count: usize| (0..count).map(|i| format!("f -v /a{i}:/b x{i}\n")).collect::<String>();
    let text = format!("f() {{ docker run --privileged \"$@\"; }}\n{}", calls(300));
    let found = commands(&text);
    assert!(found.iter().all(|c| c.starts_with("docker run --privileged ")));
    assert_eq!(found.last().unwrap(), "docker run --privileged $@*");
    let text = format!("f() {{ docker run --privileged \"$@\"; }}\n{}", calls(900));
    assert!(outcome(&text).problems.iter().any(|p| p.message.contains("too often")));
    // a function that runs no engine may be called as often as one likes
    let text = format!("log() {{ echo \"$@\"; }}\n{}docker run x\n", "log a\n".repeat(2000));
    assert_eq!((outcome(&text).problems.len(), commands(&text).len()), (0, 1));
}

#[test]
fn what_a_word_is_on_each_path_is_kept() {
    let text = "if x; then M=/a N='b c'; else M=/d N=e; fi\ndocker run -v \"$M:/y\" -v $M:/z --net=$N $M\n";
    let outcome = outcome(text);
    let line = outcome.commands.first().unwrap();
    let options = |at: usize| {
        line.words
            .get(at)
            .unwrap()
            .options
            .iter()
            .map(Text::shown)
            .collect::<Vec<_>>()
    };
    assert_eq!(options(3), ["/a:/y", "/d:/y"]);
    assert_eq!(options(5), ["/a:/z", "/d:/z"]);
    assert!(options(6).is_empty(), "one of the values is two words");
    assert_eq!(options(7), ["/a", "/d"]);
}
