//! `junit` and `checkstyle`.

use std::collections::HashSet;

use super::base::Base;
use super::concise::line;
use super::fold::blocks;
use super::paint::Paint;
use super::plain::shown_instead;
use super::rulebook;
use crate::engine::Report;
use crate::fix::Severity;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The findings as JUnit tests: each is a test that failed, and a file without one a test that passed.
pub fn junit(reports: &[Report], base: &Base) -> String {
    let failures: usize = reports.iter().map(|r| blocks(r).len()).sum();
    let clean = reports.iter().filter(|r| r.diagnostics.is_empty()).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", failures + clean);
    let mut out = format!("{HEAD}<testsuites name=\"privlint\" {counts}>\n");
    out.push_str(&format!("  <testsuite name=\"privlint\" {counts}>\n"));
    for report in reports {
        if report.diagnostics.is_empty() {
            let path = escaped(&base.path(&report.reading.source().path));
            out.push_str(&format!("    <testcase name=\"{path}\" classname=\"privlint\"/>\n"));
        }
        let mut told = HashSet::new();
        for block in blocks(report) {
            let finding = &block.first.finding;
            let source = report.reading.file(finding.primary.file);
            let at = source.position(finding.primary.span.start);
            let mut body = line(report, &block, Paint::default());
            let page = told
                .insert(finding.rule)
                .then(|| format!("more: {}", rulebook::url(finding.rule)));
            for note in block.notes(report).iter().chain(&finding.helps).chain(&page) {
                body.push_str(&format!("\n{note}"));
            }
            let rule = escaped(finding.rule);
            out.push_str(&format!(
                "    <testcase name=\"{}:{}:{} {rule}\" classname=\"privlint\">\n      <failure message=\"{}\" \
                 type=\"{rule}\">{}</failure>\n    </testcase>\n",
                escaped(&base.path(&source.path)),
                at.line,
                at.column,
                escaped(&block.message(report)),
                escaped(&body)
            ));
        }
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// The findings as Checkstyle writes them.
pub fn checkstyle(reports: &[Report], base: &Base) -> String {
    let mut out = format!("{HEAD}<checkstyle version=\"4.3\">\n");
    for report in reports.iter().filter(|r| !r.diagnostics.is_empty()) {
        let path = escaped(&base.path(&report.reading.source().path));
        out.push_str(&format!("  <file name=\"{path}\">\n"));
        for block in blocks(report) {
            let diagnostic = block.first;
            let finding = &diagnostic.finding;
            let source = report.reading.file(finding.primary.file);
            let at = source.position(finding.primary.span.start);
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            out.push_str(&format!(
                "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"privlint.{}\"/>\n",
                at.line,
                at.column,
                escaped(&format!("{} ({})", block.message(report), rulebook::url(finding.rule))),
                escaped(finding.rule)
            ));
        }
        out.push_str("  </file>\n");
    }
    out.push_str("</checkstyle>\n");
    out
}

/// Text for XML: marks escaped, and characters that XML cannot hold replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        // what a runner of workflows obeys
        let commands = c == '[' && marks >= 2;
        marks = if c == '#' { marks + 1 } else { 0 };
        match c {
            '[' if commands => out.push_str("&#91;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            // written as its number: an XML reader gets it, a terminal does not
            c if shown_instead(c).is_some() => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_any_text() {
        assert_eq!(
            escaped("<a b=\"c\">&\u{1b}\n"),
            "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}&#10;"
        );
    }
}
