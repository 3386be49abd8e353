//! What holds of fixing any sample, in either line ending and with a byte-order mark.

use privlint::fix::Safety;
use rayon::prelude::*;

use crate::samples::{Sample, samples};

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
