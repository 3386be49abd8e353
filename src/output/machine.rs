//! `gitlab` and `rdjson`: JSON that GitLab and reviewdog read.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::base::Base;
use super::fold::blocks;
use super::rulebook;
use crate::engine::{Diagnostic, Report};
use crate::fix::{Safety, Severity};
use crate::source::{Source, Span};

/// The findings as a Code Quality report of GitLab.
pub fn gitlab(reports: &[Report], base: &Base) -> Value {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut out = Vec::new();
    let folded = reports.iter().flat_map(|report| {
        let blocks = blocks(report).into_iter();
        blocks.map(move |block| (report, block))
    });
    for (report, block) in folded {
        let diagnostic = block.first;
        let finding = &diagnostic.finding;
        let source = report.reading.file(finding.primary.file);
        let path = base.path(&source.path);
        let key = format!("{path}:{}:{}", finding.rule, diagnostic.fingerprint);
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        let severity = match diagnostic.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Note => "info",
        };
        out.push(json!({
            "description": block.message(report),
            "check_name": finding.rule,
            "fingerprint": format!("{:032x}", fixed_hash(&format!("{key}:{count}"))),
            "severity": severity,
            "location": {
                "path": path,
                "lines": {"begin": source.line_of(finding.primary.span.start)},
            },
        }));
    }
    out.into()
}

/// FNV-1a over 128 bits: the same for ever, unlike the standard library's hash.
fn fixed_hash(text: &str) -> u128 {
    let prime: u128 = (1 << 88) + (1 << 8) + 0x3b;
    text.bytes()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(prime)
        })
}

/// The findings in the diagnostic format of reviewdog, whose columns count bytes of UTF-8. Each stands
/// for itself: its suggestion is for its own lines.
pub fn rdjson(reports: &[Report], base: &Base) -> Value {
    let diagnostics: Vec<Value> = all(reports).map(|(report, d)| rd_diagnostic(report, d, base)).collect();
    json!({
        "source": {"name": "privlint", "url": env!("CARGO_PKG_REPOSITORY")},
        "diagnostics": diagnostics,
    })
}

fn rd_diagnostic(report: &Report, diagnostic: &Diagnostic, base: &Base) -> Value {
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let severity = match diagnostic.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Note => "INFO",
    };
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|label| {
            let file = report.reading.file(label.file);
            let location = json!({"path": base.path(&file.path), "range": rd_range(file, label.span)});
            json!({"message": label.message, "location": location})
        })
        .collect();
    json!({
        "message": finding.message,
        "location": {"path": base.path(&source.path), "range": rd_range(source, finding.primary.span)},
        "severity": severity,
        "code": {"value": finding.rule, "url": rulebook::url(finding.rule)},
        "suggestions": suggestion(report, diagnostic).into_iter().collect::<Vec<_>>(),
        "related_locations": related,
    })
}

/// The fix as one replacement, for fixes of the file itself: a reader of the format applies each
/// suggestion alone, and half of a fix is none.
fn suggestion(report: &Report, diagnostic: &Diagnostic) -> Option<Value> {
    let offer = diagnostic.fix.as_ref().filter(|f| f.safety > Safety::Manual)?;
    let file = diagnostic.finding.primary.file;
    if offer.edits.iter().any(|edit| edit.file != file) {
        return None;
    }
    let source = report.reading.file(file);
    let mut edits = offer.edits.clone();
    edits.sort();
    edits.dedup();
    let whole = edits.iter().map(|e| e.span).reduce(Span::to)?;
    let mut text = String::new();
    let mut at = whole.start;
    for edit in &edits {
        if edit.span.start < at {
            return None;
        }
        let kept = Span {
            start: at,
            end: edit.span.start,
        };
        text.push_str(source.slice(kept));
        text.push_str(&edit.text);
        at = edit.span.end;
    }
    Some(json!({"range": rd_range(source, whole), "text": text}))
}

fn rd_range(source: &Source, span: Span) -> Value {
    let place = |offset: u32| {
        let at = source.position(offset);
        let line = source.line_span(at.line);
        let skipped = if at.line == 1 { source.bom_len() } else { 0 };
        let column = (at.byte - line.start) as usize + 1 - skipped.min((at.byte - line.start) as usize);
        json!({"line": at.line, "column": column})
    };
    json!({"start": place(span.start), "end": place(span.end)})
}

fn all(reports: &[Report]) -> impl Iterator<Item = (&Report, &Diagnostic)> {
    let of_one = |report| -> Vec<(&Report, &Diagnostic)> {
        let report: &Report = report;
        report.diagnostics.iter().map(|d| (report, d)).collect()
    };
    reports.iter().flat_map(of_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes() {
        assert_eq!(format!("{:032x}", fixed_hash("")), "6c62272e07bb014262b821756295c58d");
        assert_eq!(
            format!("{:032x}", fixed_hash("foobar")),
            "343e1662793c64bf6f0d3597ba446f18"
        );
    }

    #[test]
    fn columns_count_bytes() {
        let source = Source::new("a", "\u{feff}\u{e9}x\n\u{e9}x");
        assert_eq!(rd_range(&source, Span::new(5, 6))["start"]["column"], 3);
        assert_eq!(rd_range(&source, Span::new(9, 10))["start"]["column"], 3);
    }
}
