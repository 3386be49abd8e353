//! `github`: workflow commands, which GitHub shows beside the lines of a pull request.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::base::Base;
use super::fold::{Block, blocks};
use super::plain::plain;
use super::rulebook;
use crate::engine::Report;
use crate::fix::Severity;

/// The findings as workflow commands, the gravest first: a step shows only ten of each level.
pub fn github(reports: &[Report], base: &Base) -> String {
    let mut found: Vec<(&Report, Block)> = Vec::new();
    for report in reports {
        found.extend(blocks(report).into_iter().map(|block| (report, block)));
    }
    found.sort_by_key(|(_, block)| Reverse(block.first.severity));
    let mut told = HashSet::new();
    let lines = found.iter().map(|(report, block)| {
        let finding = &block.first.finding;
        let path = report.reading.file(finding.primary.file).shown_path();
        command(report, block, told.insert((path, finding.rule)), base)
    });
    lines.collect()
}

/// One annotation; `first` is true for the first of its rule in the file, which says where to read on.
fn command(report: &Report, block: &Block, first: bool, base: &Base) -> String {
    let diagnostic = block.first;
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let start = source.position(finding.primary.span.start);
    let end = source.position(finding.primary.span.end);
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut text = block.message(report);
    let page = first.then(|| format!("more: {}", rulebook::url(finding.rule)));
    for note in block.notes(report).iter().chain(&finding.helps).chain(&page) {
        text.push('\n');
        text.push_str(note);
    }
    let file = property(&base.path(&source.path));
    // columns are only taken for places on one line
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let title = property(&format!("privlint[{}]", finding.rule));
    format!(
        "::{level} file={file},line={},endLine={}{columns},title={title}::{}\n",
        start.line,
        end.line,
        data(&text)
    )
}

/// A message of a workflow command: nothing in it ends the line, or is a command of its own.
pub(super) fn data(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| plain(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A property of a workflow command: nothing in it ends the property.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_line_or_the_property() {
        assert_eq!(data("a%\r\n::error::b"), "a%25\u{240d}%0A::error::b");
        assert_eq!(property("a:b,c\n"), "a%3Ab%2Cc%0A");
        assert_eq!(data("##[error]\u{1b}"), "##\u{27e6}error]\u{241b}");
    }
}
