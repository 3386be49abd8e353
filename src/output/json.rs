//! The JSON of a check, version 1: other programs build on it, so there are only additions.

use serde_json::{Value, json};

use super::fold::groups;
use super::rulebook;
use super::summary::Summary;
use crate::engine::{Diagnostic, Report};
use crate::fix::Label;
use crate::source::{Source, Span};

/// The whole check.
pub fn check(reports: &[Report], summary: &Summary) -> Value {
    json!({
        "version": 1,
        "tool": {"name": "privlint", "version": env!("CARGO_PKG_VERSION")},
        "summary": summary,
        "findings": reports.iter().flat_map(finding_values).collect::<Vec<_>>(),
    })
}

/// The findings of one file.
pub fn finding_values(report: &Report) -> Vec<Value> {
    let groups = groups(report);
    let all = report.diagnostics.iter().zip(groups);
    all.map(|(d, group)| finding(report, d, group)).collect()
}

fn finding(report: &Report, diagnostic: &Diagnostic, group: &str) -> Value {
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let container = diagnostic.container.and_then(|i| report.reading.containers.get(i));
    let related: Vec<Value> = finding.related.iter().map(|label| related(report, label)).collect();
    let notes: Vec<&str> = finding.notes.iter().chain(&finding.helps).map(String::as_str).collect();
    let fix = diagnostic.fix.as_ref().map(|offer| {
        let edits: Vec<Value> = offer
            .edits
            .iter()
            .map(|edit| {
                let file = report.reading.file(edit.file);
                json!({"file": file.shown_path(), "range": range(file, edit.span), "text": edit.text})
            })
            .collect();
        json!({"title": offer.title, "safety": offer.safety.as_str(), "edits": edits})
    });
    json!({
        "rule": finding.rule,
        "severity": diagnostic.severity.as_str(),
        "message": finding.message,
        "group": group,
        "url": rulebook::url(finding.rule),
        "file": source.shown_path(),
        "syntax": container.map(|c| c.syntax),
        "container": container.map(crate::container::Container::called),
        "range": range(source, finding.primary.span),
        "related": related,
        "notes": notes,
        "helps": finding.helps,
        "fix": fix,
        "fix_refused": refusal(diagnostic),
        "fingerprint": diagnostic.fingerprint,
    })
}

fn related(report: &Report, label: &Label) -> Value {
    let file = report.reading.file(label.file);
    json!({"message": label.message, "file": file.shown_path(), "range": range(file, label.span)})
}

/// Why no fix is offered, from the engine or from the rule.
pub(crate) fn refusal(diagnostic: &Diagnostic) -> Option<&str> {
    let rule = diagnostic.finding.refused.as_ref().map(|r| r.0.as_str());
    match diagnostic.fix {
        Some(_) => None,
        None => diagnostic.fix_refused.as_deref().or(rule),
    }
}

/// A span as the JSON gives it: lines and columns from 1, columns in code points, bytes from 0.
pub fn range(source: &Source, span: Span) -> Value {
    json!({"start": source.position(span.start), "end": source.position(span.end)})
}

/// JSON as it is written everywhere: indented, with a final line ending, and with every character that
/// would speak to a terminal or to a runner of workflows written as its number.
pub fn pretty(value: &Value) -> String {
    // a value that was built in memory always has text
    let text = serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut units = [0; 2];
    for c in text.chars() {
        let commands = c == '[' && marks >= 2;
        marks = if c == '#' { marks + 1 } else { 0 };
        if commands || (c != '\n' && super::plain::shown_instead(c).is_some()) {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}
