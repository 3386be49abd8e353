//! What holds of fixing any sample, in either line ending and with a byte-order mark.

use privlint::container::FileId;
use privlint::engine::Settings;
use privlint::fix::{Safety, apply};
use privlint::front::Kind;
use rayon::prelude::*;

use crate::samples::{Sample, samples, settings};

/// What is wrong with fixing a text in a sample's place; nothing, one hopes.
pub(crate) fn wrong_with_fixing(sample: &Sample, text: &str) -> Option<String> {
    let before = sample.lint(text);
    let internal = |d: &privlint::engine::Diagnostic| d.finding.rule == "internal-error";
    if before.diagnostics.iter().any(internal) {
        return Some("the file is not survived".to_owned());
    }
    for diagnostic in &before.diagnostics {
        let source = before.reading.file(diagnostic.finding.primary.file);
        let range = diagnostic.finding.primary.span.range();
        if source.text().get(range.clone()).is_none() {
            return Some(format!("{} points at no text: {range:?}", diagnostic.finding.rule));
        }
    }
    if before.diagnostics.iter().all(|d| d.fix.is_none()) {
        return None; // nothing that a fix could do wrong
    }
    for safety in [Safety::Safe, Safety::Unsafe] {
        let once = sample.fix(text, safety);
        if once.mended.is_empty() && once.text != text {
            return Some("the text changed although nothing was applied".to_owned());
        }
        let syntax_errors = |r: &privlint::engine::Report| r.reading.problems.len();
        if syntax_errors(&once.left) > syntax_errors(&before) {
            return Some(format!("{safety:?} fixes break the file:\n{}", once.text));
        }
        let twice = sample.fix(&once.text, safety);
        if twice.text != once.text {
            return Some(format!(
                "a second {safety:?} run changes:\n{}\ninto:\n{}",
                once.text, twice.text
            ));
        }
        let comments = |r: &privlint::engine::Report| -> Vec<String> {
            let source = r.reading.source();
            let text = r
                .reading
                .comments
                .iter()
                .map(|c| source.slice(c.span).trim_end().to_owned());
            text.filter(|c| !c.contains("privlint:")).collect()
        };
        if comments(&before) != comments(&once.left) {
            return Some(format!("{safety:?} fixes lose a comment:\n{}", once.text));
        }
    }
    None
}

fn all(change: impl Fn(&str) -> String + Sync) {
    let wrong: Vec<String> = samples()
        .par_iter()
        .filter_map(|sample| {
            let text = change(&sample.text);
            wrong_with_fixing(sample, &text).map(|why| format!("{}: {why}", sample.from))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fixing_converges_and_keeps_files_whole() {
    all(str::to_owned);
}

#[test]
fn the_fix_of_a_privilege_mends_what_it_brings_to_light() {
    let launches = [
        "docker run --privileged --cgroupns=host -v ./data:/data x.example/app\n",
        "sudo podman run -d --name db --privileged -v ./data:/var/lib/mysql mysql:8\n",
    ];
    for text in launches {
        let every_rule = privlint::rules::RULES.iter().map(|rule| rule.name).collect();
        let sample = Sample {
            from: text.to_owned(),
            path: "run.sh".into(),
            kind: Kind::Shell,
            text: text.to_owned(),
            settings: Settings {
                rules: every_rule,
                ..settings("", Some(true), None)
            },
        };
        let before = sample.lint(text);
        let known: Vec<&str> = before.diagnostics.iter().map(|d| d.finding.rule).collect();
        let privilege = before.diagnostics.iter().find(|d| d.finding.rule == "privileged");
        let edits = privilege
            .and_then(|d| d.fix.as_ref())
            .map(|offer| offer.edits.as_slice());
        let fixed = apply(before.reading.source(), FileId(0), edits.unwrap_or_default()).unwrap_or_default();
        assert!(
            !fixed.contains("--privileged") && fixed.contains("no-new-privileges"),
            "{fixed}"
        );
        let after = sample.lint(&fixed);
        let late = after.diagnostics.iter().filter(|d| d.fix.is_some());
        let late: Vec<&str> = late
            .map(|d| d.finding.rule)
            .filter(|rule| !known.contains(rule))
            .collect();
        assert!(late.is_empty(), "{late:?} in {fixed}");
    }
}

#[test]
fn fixing_keeps_windows_line_endings() {
    let crlf = |text: &str| text.replace("\r\n", "\n").replace('\n', "\r\n");
    all(crlf);
    for sample in samples() {
        let fixed = sample.fix(&crlf(&sample.text), Safety::Unsafe).text;
        let bare = fixed.matches('\n').count() - fixed.matches("\r\n").count();
        assert_eq!(
            bare, 0,
            "{}: a line ends without its carriage return:\n{fixed:?}",
            sample.from
        );
    }
}

#[test]
fn fixing_keeps_the_byte_order_mark() {
    all(|text| format!("\u{feff}{}", text.trim_start_matches('\u{feff}')));
    for sample in samples() {
        let text = format!("\u{feff}{}", sample.text.trim_start_matches('\u{feff}'));
        let fixed = sample.fix(&text, Safety::Unsafe).text;
        assert!(fixed.starts_with('\u{feff}') && fixed.matches('\u{feff}').count() == text.matches('\u{feff}').count());
    }
}

#[test]
fn windows_line_endings_change_no_finding() {
    for sample in samples().into_iter().filter(|s| !s.text.contains('\r')) {
        let found = |text: &str| -> Vec<(u32, &'static str)> {
            let report = sample.lint(text);
            let line = |d: &privlint::engine::Diagnostic| {
                report
                    .reading
                    .file(d.finding.primary.file)
                    .line_of(d.finding.primary.span.start)
            };
            report.diagnostics.iter().map(|d| (line(d), d.finding.rule)).collect()
        };
        assert_eq!(
            found(&sample.text),
            found(&sample.text.replace('\n', "\r\n")),
            "{}",
            sample.from
        );
    }
}

/// A file of each kind that is not told by `samples`, with something to mend.
const OTHERS: [(Kind, &str, &str); 4] = [
    (
        Kind::CloudInit,
        "user-data",
        "#cloud-config\nwrite_files:\n  - path: /etc/systemd/system/a.service\n    content: |\n      [Service]\n      ExecStart=/usr/bin/docker run --privileged registry:2\n  - path: /etc/containers/systemd/b.container\n    content: |\n      [Container]\n      Image=registry:2\n      PodmanArgs=--privileged\n",
    ),
    (
        Kind::Workflow,
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: docker run --privileged registry:2\n      - run: |\n          # one\n          docker run --privileged \\\n            registry:2\n",
    ),
    (
        Kind::Unit,
        "a.service",
        "[Service]\n# one\nExecStartPre=/bin/true\nExecStart=/usr/bin/docker run --rm \\\n  --privileged \\\n  registry:2\n",
    ),
    (
        Kind::Markdown,
        "install.md",
        "# One\n\n```sh\ndocker run --privileged \\\n  registry:2\n```\n\n- two\n\n      $ docker run --privileged registry:2\n\n```yaml\nservices:\n  a:\n    image: registry:2\n    privileged: true\n```\n",
    ),
];

#[test]
fn fixing_keeps_carriage_returns_that_end_lines_alone() {
    let lone = |text: &str| text.replace("\r\n", "\n").replace('\n', "\r");
    let others = OTHERS.map(|(kind, path, text)| Sample {
        from: path.to_owned(),
        path: path.into(),
        kind,
        text: text.to_owned(),
        settings: settings("", Some(true), None),
    });
    let of_yaml = samples().into_iter().filter(|sample| sample.kind == Kind::Compose);
    let (mut wrong, mut mended) = (Vec::new(), 0);
    for sample in of_yaml.chain(others) {
        let plain = sample.fix(&sample.text.replace("\r\n", "\n"), Safety::Unsafe).text;
        let fixed = sample.fix(&lone(&sample.text), Safety::Unsafe).text;
        mended += usize::from(fixed != lone(&sample.text));
        let is_other = OTHERS.iter().any(|(_, path, _)| sample.from == *path);
        assert!(!is_other || plain != sample.text, "{} has nothing to mend", sample.from);
        if fixed != lone(&plain) {
            wrong.push(format!("{}:\n{fixed:?}\nand not\n{:?}", sample.from, lone(&plain)));
        }
    }
    assert!(wrong.is_empty(), "{} of {mended}: {}", wrong.len(), wrong.join("\n"));
    assert!(mended >= 40, "only {mended} files were mended");
}

#[test]
fn a_carriage_return_ends_no_line_where_the_reader_of_a_file_takes_it_for_none() {
    // one line each: a comment, an instruction, a section, a target
    for (kind, path, text) in [
        (Kind::Shell, "run.sh", "#!/bin/sh\rdocker run --privileged registry:2\r"),
        (
            Kind::Dockerfile,
            "Dockerfile",
            "FROM alpine\rRUN --security=insecure make\r",
        ),
        (
            Kind::Quadlet,
            "a.container",
            "[Container]\rImage=registry:2\rPodmanArgs=--privileged\r",
        ),
        (Kind::Make, "Makefile", "all:\r\tdocker run --privileged registry:2\r"),
    ] {
        let sample = Sample {
            from: path.to_owned(),
            path: path.into(),
            kind,
            text: text.to_owned(),
            settings: settings("", Some(true), None),
        };
        assert_eq!(sample.fix(text, Safety::Unsafe).text, text, "{path}");
    }
}
