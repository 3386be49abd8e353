//! Logs, as people paste them: what is read of them, and that nothing in them does harm.

use std::path::Path;

use privlint::engine::{explain, solve};
use privlint::evidence::{Log, advice};
use privlint::output::{Case, Paint, denials, denials_github, denials_json, denials_sarif};

/// The excerpts: what is expected, and the text.
fn excerpts() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/evidence/excerpts.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix("=== "), out.last_mut()) {
            (Some(head), _) => out.push((head.trim().to_owned(), String::new())),
            (None, Some((_, body))) => body.push_str(line),
            (None, None) => assert!(line.starts_with('#') || line.trim().is_empty(), "{line}"),
        }
    }
    out
}

fn read(text: &[u8]) -> Log {
    Log::read("host.log", &mut &text[..], &|_| {}).unwrap()
}

/// What is found of an excerpt, in the words in which it is expected.
fn found(log: &Log, expected: &str) -> String {
    if expected.starts_with("listed ") {
        let kinds = log
            .observations
            .iter()
            .map(|o| format!("{:?}", o.kind()).to_lowercase());
        return format!("listed {}", kinds.collect::<Vec<_>>().join(","));
    }
    if expected.starts_with("used ") {
        let used = log.trace.iter().flat_map(|trace| trace.used.keys().copied());
        return format!("used {}", used.collect::<Vec<_>>().join(" "));
    }
    match log.denials.as_slice() {
        [] if log.others > 0 => "others".to_owned(),
        [] => "nothing".to_owned(),
        [one] => {
            let advice = advice(one);
            let kind = advice.remedies.first().map_or("none", |r| r.kind.as_str());
            let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!("{kind} | {} | {}", word(&one.comm), word(&one.path))
        }
        many => format!("{} refusals", many.len()),
    }
}

#[test]
fn every_excerpt_is_read_and_has_its_remedy() {
    let excerpts = excerpts();
    assert!(excerpts.len() >= 120);
    let mut kinds: Vec<&str> = excerpts
        .iter()
        .filter_map(|(head, _)| head.split(" | ").next())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(kinds.len() >= 12);
    let mut wrong = Vec::new();
    for (head, text) in &excerpts {
        let (_, expected) = head.split_once(" | ").unwrap();
        for (form, text) in [("as it is", text.clone()), ("with CRLF", text.replace('\n', "\r\n"))] {
            let got = found(&read(text.as_bytes()), expected);
            if got != expected {
                wrong.push(format!("{head} ({form}): {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Excerpts spoilt in many ways: cut, with bytes that speak to terminals, with records in records.
fn hostile() -> Vec<Vec<u8>> {
    let spoilers: &[&[u8]] = &[
        b"\x1b[2J\x1b]0;title\x07",
        b"\n::error file=x::y\n##[error]z",
        b"\xff\xfe\x80",
        "\u{202e}\u{200b}\u{9b}".as_bytes(),
        b"\"\0'",
        b"avc:  denied  { read } for  avc:  denied  {",
    ];
    let mut out = Vec::new();
    for (i, (_, text)) in excerpts().into_iter().enumerate() {
        let bytes = text.into_bytes();
        for step in 0..4 {
            let at = (i * 7919 + step * 104_729) % bytes.len().max(1);
            let mut spoilt = bytes.clone();
            let spoiler = spoilers[(i + step) % spoilers.len()];
            match step {
                0 => spoilt.truncate(at),
                1 => {
                    spoilt.splice(at..at, spoiler.iter().copied());
                }
                2 => spoilt[at] = spoilt[at].wrapping_add(1 + step as u8),
                _ => {
                    spoilt.splice(..at.min(3), spoiler.iter().copied());
                }
            }
            out.push(spoilt);
        }
    }
    out.push(vec![b'{'; 100_000]);
    out.push(b"[".repeat(100_000));
    out.push(b"=".repeat(300_000));
    out.push(b"avc:  denied  { ".repeat(50_000));
    out
}

#[test]
fn nothing_in_a_log_speaks_to_a_terminal_or_a_runner() {
    let hostile = hostile();
    assert!(hostile.len() >= 500);
    for text in hostile {
        let logs = [read(&text)];
        let (solved, explained) = (solve(&logs, &[]), explain(&logs, &[]));
        let case = Case {
            logs: &logs,
            reports: &[],
            solved: &solved,
            explained: &explained,
        };
        let shown = denials(case, Paint::default());
        let bad = shown.chars().find(|c| c.is_control() && *c != '\n' && *c != '\t');
        assert_eq!(bad, None, "{shown:?}");
        assert!(!shown.contains('\u{202e}') && !shown.contains("##["), "{shown}");
        assert!(
            !shown.lines().any(|line| line.trim_start().starts_with("::")),
            "{shown}"
        );
        let base = privlint::output::Base::default();
        denials_github(case, &base);
        let sarif = denials_sarif(case, &base);
        assert_eq!(
            denials_json(case)["version"],
            sarif["version"].as_str().map_or(1, |_| 1)
        );
    }
}

#[test]
fn the_same_refusal_a_thousand_times_is_one() {
    let (_, text) = excerpts().remove(0);
    let many: String = (0..1000).map(|i| text.replace(":4674", &format!(":{i}"))).collect();
    let log = read(many.as_bytes());
    assert_eq!(log.denials.len(), 1);
    assert_eq!((log.denials[0].line, log.denials[0].count, log.lines), (1, 1000, 1000));
}
