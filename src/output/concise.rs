//! `path:line:column: severity[rule] message`, a line each.

use super::paint::{Paint, Style};
use super::plain::{plain, plain_path};
use super::rulebook;
use crate::engine::{Diagnostic, Report};

/// Every finding, a line each.
pub fn concise(reports: &[Report], paint: Paint) -> String {
    let mut out = String::new();
    for report in reports {
        for diagnostic in &report.diagnostics {
            out.push_str(&concise_line(report, diagnostic, paint));
            out.push('\n');
        }
    }
    out
}

/// One finding as a line, without its ending.
pub fn concise_line(report: &Report, diagnostic: &Diagnostic, paint: Paint) -> String {
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let at = source.position(finding.primary.span.start);
    let path = paint.paint(Style::Strong, &plain_path(&source.shown_path()));
    let name = paint.link(finding.rule, &rulebook::url(finding.rule));
    let style = Style::Severity(diagnostic.severity);
    let what = paint.paint(style, &format!("{}[{name}]", diagnostic.severity.as_str()));
    format!("{path}:{}:{}: {what} {}", at.line, at.column, plain(&finding.message))
}
