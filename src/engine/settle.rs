//! Findings of a whole run: one about a file that another file draws on is told once.

use std::collections::HashSet;

use crate::container::FileId;

use super::Report;

/// Takes out of each report the findings that stand in another file of the run and are told by that
/// file's own report: the value of a base service is reported where it is written.
pub fn settle(reports: &mut [Report]) {
    let mut told = HashSet::new();
    for report in reports.iter() {
        let path = report.reading.source().shown_path();
        for d in report
            .diagnostics
            .iter()
            .filter(|d| d.finding.primary.file == FileId(0))
        {
            told.insert((path.clone(), d.finding.primary.span, d.finding.rule));
        }
        for i in &report.ignored {
            let primary = &i.diagnostic.finding.primary;
            if primary.file == FileId(0) {
                told.insert((path.clone(), primary.span, i.diagnostic.finding.rule));
            }
        }
    }
    let mut elsewhere = HashSet::new();
    for report in reports.iter_mut() {
        let reading = &report.reading;
        report.diagnostics.retain(|d| {
            let primary = &d.finding.primary;
            if primary.file == FileId(0) {
                return true;
            }
            let key = (reading.file(primary.file).shown_path(), primary.span, d.finding.rule);
            !told.contains(&key) && elsewhere.insert(key)
        });
    }
}
