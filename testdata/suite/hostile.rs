//! Files made to exhaust whoever reads them: each ends, says where a bound was hit, and what stands
//! before the bound is found. Work is counted where it can be (files opened, proofs, bytes of values);
//! no test looks at a clock.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use privlint::engine::{self, Fixed, Report, Tree, TreeCache};
use privlint::fix::Safety;
use privlint::front::Kind;

use crate::samples::settings;

/// A launch that is found whatever comes after it.
const SHELL: &str = "docker run --privileged -v ./data:/data registry:2\n";
const COMPOSE: &str = "services:\n  first:\n    image: registry:2\n    privileged: true\n";
const DOCKERFILE: &str = "FROM alpine\nRUN --security=insecure make\n";

fn alone<T>(others: &HashMap<PathBuf, String>, opened: &Cell<usize>, work: impl FnOnce(&Tree) -> T) -> T {
    work(&Tree {
        open: &|path| {
            opened.set(opened.get() + 1);
            others.get(path).cloned()
        },
        folder: &|_| Vec::new(),
        root: Path::new(""),
        list: &|_| Vec::new(),
        cache: &TreeCache::default(),
    })
}

fn name(kind: Kind) -> &'static Path {
    Path::new(match kind {
        Kind::Compose => "compose.yaml",
        Kind::Shell => "run.sh",
        Kind::Dockerfile => "Dockerfile",
        Kind::Quadlet => "web.container",
        Kind::Unit => "web.service",
        Kind::CloudInit => "user-data",
        Kind::Markdown => "README.md",
        Kind::Workflow => ".github/workflows/ci.yml",
        Kind::Make => "Makefile",
        Kind::Devcontainer => "devcontainer.json",
    })
}

fn lint(kind: Kind, text: &str) -> Report {
    let settings = settings("", Some(true), None);
    alone(&HashMap::new(), &Cell::new(0), |tree| {
        engine::lint(name(kind), kind, text.to_owned(), &settings, tree)
    })
}

fn fix(kind: Kind, text: &str) -> Fixed {
    let settings = settings("", Some(true), None);
    alone(&HashMap::new(), &Cell::new(0), |tree| {
        engine::fix(name(kind), kind, text.to_owned(), &settings, tree, Safety::Unsafe)
    })
}

fn count(report: &Report, rule: &str) -> usize {
    report.diagnostics.iter().filter(|d| d.finding.rule == rule).count()
}

fn says(report: &Report, words: &str) -> bool {
    let said = |d: &&engine::Diagnostic| matches!(d.finding.rule, "syntax-error" | "reading-limit");
    report
        .diagnostics
        .iter()
        .filter(said)
        .any(|d| d.finding.message.contains(words))
}

/// What comes after the first launch, and words of the problem that it is.
#[test]
fn scripts_end_with_a_problem_and_the_part_before_it_is_checked() {
    let nested = |open: &str, close: &str, n: usize| format!("{}true{}\n", open.repeat(n), close.repeat(n));
    let cases: Vec<(&str, String, &str)> = vec![
        ("subshells", nested("(", ")", 3_000), "nests too deeply"),
        (
            "substitutions",
            format!("echo {}", nested("$(", ")", 1_000)),
            "nests too deeply",
        ),
        ("conditionals", nested("if x; then\n", "\nfi", 400), "nests too deeply"),
        ("functions", nested("f() {\n", "\n}", 400), "nests too deeply"),
        (
            "doubling",
            format!("A=--rm\n{}docker run $A x\n", "A=\"$A $A\"\n".repeat(80)),
            "",
        ),
        (
            "doubling arrays",
            format!(
                "A=(-t)\n{}docker run \"${{A[@]}}\" x\n",
                "A=(\"${A[@]}\" \"${A[@]}\")\n".repeat(80)
            ),
            "",
        ),
        (
            "a long line",
            format!("echo {}\n", "x".repeat(2 << 20)),
            "only the first MiB",
        ),
        (
            "a long command",
            format!("docker run {}\n", "x ".repeat(60_000)),
            "too many words",
        ),
        (
            "an open quote",
            format!("echo \"{}", "docker run x\n".repeat(500)),
            "quote",
        ),
        (
            "an open heredoc",
            format!("cat <<EOF\n{}", "docker run x\n".repeat(500)),
            "heredoc",
        ),
        ("everything open", "if \"$( ${a [[ (( case x in `".repeat(300), ""),
        ("many launches", "docker run x\n".repeat(3_100), "too many commands"),
    ];
    for (case, rest, words) in cases {
        let report = lint(Kind::Shell, &format!("{SHELL}{rest}"));
        assert_eq!(count(&report, "internal-error"), 0, "{case}");
        assert!(
            count(&report, "privileged") >= 1,
            "{case}: the part before is not checked"
        );
        let problems: Vec<&str> = report.reading.problems.iter().map(|p| p.message.as_str()).collect();
        assert!(says(&report, words), "{case}: {problems:?} does not say {words:?}");
    }
}

#[test]
fn documents_in_scripts_end_too() {
    let compose = |operator: &str, more: &str| format!("cat > compose.yaml {operator}\n{COMPOSE}{more}EOF\n");
    let mut nested = SHELL.to_owned();
    for level in 0..16 {
        nested = format!("cat > {level}.sh <<'E{level}'\n#!/bin/sh\n{nested}E{level}\n");
    }
    let aliases: String = (1..30)
        .map(|i| format!("x{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", ")))
        .collect();
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "many documents",
            compose("<<EOF", "")
                .repeat(500)
                .replace("compose.yaml", "$((n++)).yaml"),
            "too many files",
        ),
        ("scripts in scripts", nested, "nest too deeply"),
        ("many gaps", compose("<<EOF", &"    # $x\n".repeat(20_000)), ""),
        (
            "many gaps of a line",
            compose("<<EOF", &format!("    hostname: {}\n", "a$x".repeat(20_000))),
            "",
        ),
        ("many lines to come", compose("<<EOF", &"$x\n".repeat(20_000)), ""),
        (
            "open brackets",
            compose("<<'EOF'", &format!("    command: {}\n", "[".repeat(50_000))),
            "not valid YAML",
        ),
        (
            "open braces",
            compose("<<EOF", &format!("    # {}\n", "\\${".repeat(20_000))),
            "",
        ),
        (
            "backticks",
            compose("<<EOF", &format!("    # {}\n", "`\\".repeat(20_000))),
            "",
        ),
        ("aliases", compose("<<'EOF'", &format!("x0: &a0 [x]\n{aliases}")), ""),
        (
            "appended",
            format!(
                "{}{}",
                compose("<<EOF", ""),
                "echo services >> compose.yaml\n".repeat(3_000)
            ),
            "",
        ),
    ];
    for (case, rest, words) in cases {
        let report = lint(Kind::Shell, &format!("{SHELL}{rest}"));
        assert_eq!(count(&report, "internal-error"), 0, "{case}");
        assert!(
            count(&report, "privileged") >= 1,
            "{case}: the part before is not checked"
        );
        let problems: Vec<&str> = report.reading.problems.iter().map(|p| p.message.as_str()).collect();
        assert!(
            words.is_empty() || says(&report, words),
            "{case}: {problems:?} does not say {words:?}"
        );
    }
}

#[test]
fn scripts_that_call_themselves_end() {
    let arrays = "a=(".repeat(1_000);
    for rest in [
        arrays.as_str(),
        "f() { docker run --privileged \"$1\" a; f \"$1\" x; }\nf a\n",
        "f() { docker run --privileged a; f; f; f; }\nf\n",
        "f() { g; g; docker run --privileged a; }\ng() { f; f; }\nf\n",
        ". ./run.sh\n",
        "A=xxxxxxxx\nA=${A//x/xxxxxxxx}\nA=${A//x/xxxxxxxx}\nA=${A//x/xxxxxxxx}\nA=${A//x/xxxxxxxx}\nA=${A//x/xxxxxxxx}\nA=${A//x/xxxxxxxx}\ndocker run $A\n",
        "while true; do A=\"$A --privileged\"; docker run $A a; done\n",
    ] {
        let report = lint(Kind::Shell, &format!("{SHELL}{rest}"));
        assert!(count(&report, "privileged") >= 1, "{rest}");
        assert!(report.reading.containers.len() <= 3, "{rest}");
    }
}

#[test]
fn compose_files_end_with_a_problem_and_the_part_before_it_is_checked() {
    let bomb = |n: usize| -> String {
        let lines = (0..n).map(|i| format!("x{}: &a{} [{}]\n", i + 1, i + 1, vec![format!("*a{i}"); 9].join(",")));
        format!("x0: &a0 [x]\n{}", lines.collect::<String>())
    };
    let service = |body: &str| format!("{COMPOSE}  b:\n    image: x\n{body}");
    let chain: String = (0..200)
        .map(|i| format!("  s{i}:\n    extends: s{}\n", i + 1))
        .collect();
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "an alias bomb",
            format!("{}{}", bomb(12), service("    cap_add: *a12\n")),
            "aliases and nesting",
        ),
        (
            "depth in brackets",
            service(&format!("    x: {}\n", "[".repeat(3_000))),
            "",
        ),
        (
            "depth in braces",
            service(&format!("    x: {}\n", "{a: ".repeat(3_000))),
            "",
        ),
        (
            "depth in dashes",
            service(&format!("    x:\n      {}a\n", "- ".repeat(3_000))),
            "",
        ),
        (
            "a service of itself",
            format!("{COMPOSE}  b:\n    extends: b\n"),
            "itself",
        ),
        (
            "services in a circle",
            format!("{COMPOSE}  b:\n    extends: c\n  c:\n    extends: b\n"),
            "itself",
        ),
        ("a long chain", format!("{COMPOSE}{chain}"), ""),
        (
            "a file of itself",
            format!("include: [compose.yaml]\n{COMPOSE}"),
            "includes itself",
        ),
        (
            "an open quote",
            service(&format!("    command: \"{}", "x\n      ".repeat(500))),
            "",
        ),
        (
            "an open bracket",
            service(&format!("    x: [{}", "a,\n".repeat(500))),
            "",
        ),
    ];
    for (case, text, words) in cases {
        let report = lint(Kind::Compose, &text);
        assert_eq!(count(&report, "internal-error"), 0, "{case}");
        assert!(
            count(&report, "privileged") >= 1,
            "{case}: the part before is not checked"
        );
        let problems: Vec<&str> = report.reading.problems.iter().map(|p| p.message.as_str()).collect();
        assert!(says(&report, words), "{case}: {problems:?} does not say {words:?}");
    }
}

#[test]
fn dockerfiles_end_with_a_problem_and_the_part_before_it_is_checked() {
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "doubling",
            format!("ENV A=xx\n{}USER $A\n", "ENV A=$A$A\n".repeat(80)),
            "too large",
        ),
        (
            "an open heredoc",
            format!("RUN <<EOF\n{}", "docker run x\n".repeat(500)),
            "never ends",
        ),
        ("a long line", format!("RUN {}\n", "x".repeat(1 << 20)), ""),
        ("many instructions", "RUN x\n".repeat(20_100), ""),
    ];
    for (case, rest, words) in cases {
        let report = lint(Kind::Dockerfile, &format!("{DOCKERFILE}{rest}"));
        assert_eq!(
            count(&report, "insecure-build-step"),
            1,
            "{case}: the part before is not checked"
        );
        let problems: Vec<&str> = report.reading.problems.iter().map(|p| p.message.as_str()).collect();
        assert!(says(&report, words), "{case}: {problems:?} does not say {words:?}");
    }
}

/// Thirty files that each include the next three times: three to the thirtieth, if nobody counted.
#[test]
fn includes_do_not_multiply() {
    let include =
        |i: usize| format!("include: [c{i}.yaml, ./c{i}.yaml, x/../c{i}.yaml]\nservices:\n  s{i}: {{image: a}}\n");
    let others: HashMap<PathBuf, String> = (0..30).map(|i| (format!("c{i}.yaml").into(), include(i + 1))).collect();
    let opened = Cell::new(0);
    let settings = settings("", None, None);
    let text = format!("include: [c0.yaml]\n{COMPOSE}");
    let report = alone(&others, &opened, |tree| {
        engine::lint(Path::new("compose.yaml"), Kind::Compose, text, &settings, tree)
    });
    assert_eq!(count(&report, "privileged"), 1);
    assert!(says(&report, "projects are included"));
    assert!(opened.get() < 5_000, "{} files were opened", opened.get());
}

/// Sixty variables, each twice the one before it.
#[test]
fn variables_do_not_multiply() {
    let env: String = (0..60).map(|i| format!("A{}=${{A{i}}}${{A{i}}}\n", i + 1)).collect();
    let others = HashMap::from([(PathBuf::from(".env"), format!("A0=xx\n{env}"))]);
    let settings = settings("", None, None);
    let text = format!("{COMPOSE}  b:\n    image: ${{A60}}\n  c:\n    image: ${{A8}}\n");
    let report = alone(&others, &Cell::new(0), |tree| {
        engine::lint(Path::new("compose.yaml"), Kind::Compose, text, &settings, tree)
    });
    let images = report.reading.containers.iter().filter_map(|c| c.image.as_ref());
    let lengths: Vec<usize> = images.map(|w| w.value.shown().len()).collect();
    assert_eq!(lengths, ["registry:2".len(), "${A60}".len(), 512]);
}

/// Every container has a finding with a fix: all are proven, and all are made in one round.
#[test]
fn thousands_of_fixes_are_proven_together() {
    let services: String = (0..500)
        .map(|i| format!("  s{i}:\n    image: registry:2\n    privileged: true\n    volumes:\n      - ./d{i}:/d\n"))
        .collect();
    let fixed = fix(Kind::Compose, &format!("services:\n{services}"));
    assert_eq!(fixed.mended.len(), 500);
    assert_eq!(fixed.text.matches("privileged").count(), 0);
    let shared = format!("P=--privileged\n{}", "docker run $P registry:2\n".repeat(500));
    let fixed = fix(Kind::Shell, &shared);
    assert_eq!(fixed.left.reading.containers.len(), 500);
    assert!(!fixed.text.contains("P=--privileged"), "one edit serves all");
}

/// A service with a finding of one rule at each of its mounts: one reading proves them all.
#[test]
fn fixes_of_one_rule_in_one_container_are_proven_together() {
    let mounts: String = (0..1_500).map(|i| format!("      - ./d{i}:/d{i}\n")).collect();
    let report = lint(
        Kind::Compose,
        &format!("services:\n  a:\n    image: registry:2\n    cap_drop: [ALL]\n    volumes:\n{mounts}"),
    );
    let proven = report.diagnostics.iter().filter(|d| d.fix.is_some());
    assert_eq!(count(&report, "unlabeled-mount"), 1_500);
    assert_eq!(proven.filter(|d| d.finding.rule == "unlabeled-mount").count(), 1_500);
}

/// Proofs read the file again, and do so up to a bound that is said.
#[test]
fn more_fixes_than_can_be_proven_are_told() {
    let long = "x".repeat(9 << 20);
    let report = lint(
        Kind::Compose,
        &format!("services:\n  a:\n    image: registry:2\n    volumes: [./d:/d]\n# {long}\n"),
    );
    let proven = report.diagnostics.iter().filter(|d| d.fix.is_some()).count();
    let told = |d: &&engine::Diagnostic| {
        d.fix_refused
            .as_deref()
            .is_some_and(|why| why.contains("more fixes than"))
    };
    assert_eq!((proven, report.diagnostics.iter().filter(told).count()), (1, 1));
}

/// Elements that are set one by one are a list that grows like any other.
#[test]
fn lists_of_elements_do_not_grow_for_ever() {
    let elements: String = (0..3_000).map(|i| format!("A[k{i}]=v{i}\n")).collect();
    let report = lint(Kind::Shell, &format!("{SHELL}{elements}docker run ${{A[k1]}} x\n"));
    assert!(says(&report, "grows too large"));
    assert_eq!(count(&report, "privileged"), 1);
}

/// Ignore comments by the thousand, above one line and above thousands of them.
#[test]
fn many_comments_are_matched_with_many_findings() {
    let comment = "# privlint: ignore[privileged] a word\n";
    let launch = "docker run --privileged registry:2\n";
    let each = lint(Kind::Shell, &format!("{comment}{launch}").repeat(400));
    assert_eq!((each.ignored.len(), count(&each, "unused-ignore")), (400, 0));
    let top = lint(Kind::Shell, &format!("{}{}", comment.repeat(400), launch.repeat(400)));
    assert_eq!((top.ignored.len(), count(&top, "privileged")), (1, 399));
}

/// Hostile files around a clean one: it is judged all the same, and they are not all read.
#[test]
fn hostile_neighbours_are_read_within_bounds() {
    let hostile = format!("{SHELL}{}", "(".repeat(20_000));
    let files: Vec<(PathBuf, Kind)> = (0..200).map(|i| (format!("x{i}.sh").into(), Kind::Shell)).collect();
    let opened = Cell::new(0);
    let settings = settings("", Some(true), None);
    let report = engine::lint(
        Path::new("compose.yaml"),
        Kind::Compose,
        "services:\n  a:\n    image: registry:2\n    cap_drop: [ALL]\n    volumes: [\"./d:/d:Z\"]\n".to_owned(),
        &settings,
        &Tree {
            open: &|path| {
                let known = path.extension().is_some_and(|e| e == "sh");
                opened.set(opened.get() + usize::from(known));
                known.then(|| hostile.clone())
            },
            folder: &|_| Vec::new(),
            root: Path::new(""),
            list: &|_| files.clone(),
            cache: &TreeCache::default(),
        },
    );
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    assert!(opened.get() < 100, "{} neighbours were read", opened.get());
}
