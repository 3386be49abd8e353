#![allow(clippy::unwrap_used)]

use super::*;
use crate::container::Text;

mod cases;
mod grammar;
mod kinds;
mod prefixes;
mod values;
mod written;

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

#[test]
fn scripts_run_what_they_say() {
    check(cases::CASES);
}

#[test]
fn names_stand_for_what_every_path_gives() {
    check(values::CASES);
}

#[test]
fn what_others_run_is_read() {
    check(written::CASES);
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
