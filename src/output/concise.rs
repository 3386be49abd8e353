//! `path:line:column: severity[rule] message`, a line each; `[--fix]` behind it says what mends it.

use super::fold::{Block, blocks};
use super::paint::{Paint, Style};
use super::plain::{plain, plain_path};
use super::rulebook;
use crate::engine::Report;
use crate::fix::Safety;

/// Every finding, those that are shown as one on a line.
pub fn concise(reports: &[Report], paint: Paint) -> String {
    let mut out = String::new();
    for report in reports {
        for block in blocks(report) {
            out.push_str(&line(report, &block, paint));
            if let Some(hint) = hint(&block) {
                out.push_str(&format!(" {}", paint.paint(Style::Help, hint)));
            }
            out.push('\n');
        }
    }
    out
}

/// What mends a finding of the block at least.
fn hint(block: &Block) -> Option<&'static str> {
    match block.all().filter_map(|d| d.fix.as_ref()).map(|fix| fix.safety).max()? {
        Safety::Safe => Some("[--fix]"),
        Safety::Unsafe => Some("[--fix --unsafe-fixes]"),
        Safety::Manual => None,
    }
}

/// The findings of a block as a line, without its ending.
pub(super) fn line(report: &Report, block: &Block, paint: Paint) -> String {
    let diagnostic = block.first;
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let at = source.position(finding.primary.span.start);
    let path = paint.paint(Style::Strong, &plain_path(&source.shown_path()));
    let name = paint.link(finding.rule, &rulebook::url(finding.rule));
    let style = Style::Severity(diagnostic.severity);
    let what = paint.paint(style, &format!("{}[{name}]", diagnostic.severity.as_str()));
    let message = block.message(report);
    format!("{path}:{}:{}: {what} {}", at.line, at.column, plain(&message))
}
