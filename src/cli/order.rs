//! The order in which findings are shown.

use std::cmp::Reverse;

use crate::engine::Report;
use crate::output::Compared;

/// Puts the gravest findings first, in each file and among the files; what is equally grave keeps its
/// order, by path and place. What a baseline was compared with names reports by their place, and follows.
pub(super) fn gravest_first(reports: &mut Vec<Report>, compared: Option<&mut Compared>) {
    for report in reports.iter_mut() {
        report.diagnostics.sort_by_key(|d| Reverse(d.severity));
    }
    let gravest = |report: &Report| report.diagnostics.iter().map(|d| d.severity).max();
    let mut order: Vec<(usize, Report)> = std::mem::take(reports).into_iter().enumerate().collect();
    order.sort_by_key(|(_, report)| Reverse(gravest(report)));
    if let Some(compared) = compared {
        let mut moved: Vec<usize> = vec![0; order.len()];
        for (to, (from, _)) in order.iter().enumerate() {
            if let Some(place) = moved.get_mut(*from) {
                *place = to;
            }
        }
        for (i, _) in &mut compared.unchanged {
            *i = moved.get(*i).copied().unwrap_or(*i);
        }
    }
    *reports = order.into_iter().map(|(_, report)| report).collect();
}
