//! `markdown`: a summary for a job's page or a comment.

use super::base::{Base, percent_encoded};
use super::fold::blocks;
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
        for block in blocks(report) {
            rows += 1;
            if rows > ROWS_CAP {
                continue;
            }
            let diagnostic = block.first;
            let finding = &diagnostic.finding;
            let source = report.reading.file(finding.primary.file);
            let path = base.path(&source.path);
            let line = source.line_of(finding.primary.span.start);
            out.push_str(&format!(
                "| {} | [{}:{line}]({}#L{line}) | [{}]({}) | {} |\n",
                diagnostic.severity.as_str(),
                cell(&path),
                base.address(&source.path)
                    .unwrap_or_else(|| percent_encoded(&source.path)),
                finding.rule,
                rulebook::url(finding.rule),
                cell(&block.message(report)),
            ));
        }
    }
    if rows > ROWS_CAP {
        out.push_str(&format!("\nand {} more\n", rows - ROWS_CAP));
    }
    out
}

/// A text that stays in its cell, and is no markup but code between backticks. Where the backticks
/// do not come in pairs around something, some of them are a linted text's, and none is markup.
pub(crate) fn cell(text: &str) -> String {
    let shown = plain(text);
    let parts: Vec<&str> = shown.split('`').collect();
    let inner = parts.get(1..parts.len() - 1).unwrap_or_default();
    if parts.len().is_multiple_of(2) || inner.iter().any(|part| part.is_empty()) {
        return words(&shown);
    }
    let cells = parts.iter().enumerate().map(|(i, part)| match i % 2 {
        0 => words(part),
        // nothing but the end of the cell is a mark in code
        _ => format!("`{}`", part.replace('|', "\\|")),
    });
    cells.collect()
}

/// A text without any markup: nobody and nothing is named in it, and no address is a link.
fn words(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '[' | ']' | '*' | '_' | '\\' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '`' => out.push_str("&#96;"),
            // an entity alone would still name somebody: the blank of no width parts the words
            '@' | '#' => {
                out.push(c);
                out.push_str("&#8203;");
            }
            c => out.push(c),
        }
    }
    out.replace("://", ":&#8203;//").replace("www.", "www&#8203;.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linted_text_is_no_markup() {
        assert_eq!(cell("`a|b@c` of @you in x#1"), "`a\\|b@c` of @&#8203;you in x#&#8203;1");
        assert_eq!(cell("`a`` @you <b>"), "&#96;a&#96;&#96; @&#8203;you &lt;b&gt;");
        assert_eq!(cell("see http://x"), "see http:&#8203;//x");
    }
}
