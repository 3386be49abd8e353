//! `markdown`: a summary for a job's page or a comment.

use super::base::{Base, percent_encoded};
use super::plain::plain;
use super::rulebook;
use super::summary::Summary;
use crate::engine::Report;

/// Rows of the table at most: a job's page has a size limit.
const ROWS_CAP: usize = 200;

/// The findings as a table under a sentence.
pub fn markdown(reports: &[Report], summary: &Summary, base: &Base) -> String {
    let mut out = format!("### privlint\n\n{}\n", summary.sentence());
    if summary.findings() == 0 {
        return out;
    }
    out.push_str("\n| | where | rule | what |\n|---|---|---|---|\n");
    let mut rows = 0;
    for report in reports {
        for diagnostic in &report.diagnostics {
            rows += 1;
            if rows > ROWS_CAP {
                continue;
            }
            let finding = &diagnostic.finding;
            let source = report.reading.file(finding.primary.file);
            let path = base.path(&source.path);
            let line = source.line_of(finding.primary.span.start);
            out.push_str(&format!(
                "| {} | [{}:{line}]({}#L{line}) | [{}]({}) | {} |\n",
                diagnostic.severity.as_str(),
                cell(&path),
                percent_encoded(&path),
                finding.rule,
                rulebook::url(finding.rule),
                cell(&finding.message),
            ));
        }
    }
    if rows > ROWS_CAP {
        out.push_str(&format!("\nand {} more\n", rows - ROWS_CAP));
    }
    out
}

/// A text that stays in its cell, and is no markup but code between backticks.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            '|' | '[' | ']' | '*' | '_' | '\\' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}
