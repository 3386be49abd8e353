//! `--statistics`: how often each rule found something.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::engine::Report;
use crate::fix::{Safety, Severity};
use crate::output::{Paint, Style, pretty, rulebook};

/// How often a rule found something at a severity.
#[derive(Default)]
struct Count {
    findings: usize,
    /// How many of them `--fix` mends.
    fixable: usize,
}

/// The counts, the most frequent first: a line each, or one JSON document.
pub(crate) fn written(reports: &[Report], as_json: bool, paint: Paint) -> String {
    let mut counts: BTreeMap<(&str, Severity), Count> = BTreeMap::new();
    for diagnostic in reports.iter().flat_map(|r| &r.diagnostics) {
        let key = (diagnostic.finding.rule, diagnostic.severity);
        let count = counts.entry(key).or_default();
        count.findings += 1;
        count.fixable += usize::from(diagnostic.fix.as_ref().is_some_and(|f| f.safety == Safety::Safe));
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((rule, _), count)| (Reverse(count.findings), *rule));
    if as_json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|((rule, severity), count)| {
                json!({
                    "rule": rule,
                    "severity": severity.as_str(),
                    "findings": count.findings,
                    "fixable": count.fixable,
                })
            })
            .collect();
        return pretty(&json!({"version": 1, "statistics": rows}));
    }
    let digits = rows.iter().map(|(_, count)| count.findings.to_string().len()).max();
    let digits = digits.unwrap_or(1);
    let mut out = String::new();
    for ((rule, severity), count) in rows {
        let word = paint.paint(Style::Severity(severity), &format!("{:<7}", severity.as_str()));
        let name = paint.link(rule, &rulebook::url(rule));
        let aside = match count.fixable {
            0 => String::new(),
            n => format!(" ({n} fixable)"),
        };
        out.push_str(&format!("{:>digits$} {word} {name}{aside}\n", count.findings));
    }
    out
}
