//! `ignores.max-age-days`: an ignore comment counts only with an end, and one that is not too far off.

use super::date::days_between;
use super::files::Job;
use crate::engine::Report;

/// Shows again what is ignored without an end within the days that the configuration allows.
pub(crate) fn enforce(job: &Job, report: &mut Report) {
    let Some(days) = job.config.file.ignores.max_age_days else {
        return;
    };
    let ahead = |until: &str| days_between(&job.settings.today, until);
    let too_long = |until: &Option<String>| until.as_deref().and_then(ahead).is_none_or(|n| n > i64::from(days));
    let (back, kept) = std::mem::take(&mut report.ignored)
        .into_iter()
        .partition::<Vec<_>, _>(|ignored| too_long(&ignored.until));
    report.ignored = kept;
    for ignored in back {
        let mut diagnostic = ignored.diagnostic;
        let note = format!(
            "the ignore comment has no effect: this project requires `until=` with a date at most {days} days ahead"
        );
        diagnostic.finding.notes.push(note);
        report.diagnostics.push(diagnostic);
    }
    report.diagnostics.sort_by_key(|d| {
        let primary = &d.finding.primary;
        (primary.file, primary.span.start)
    });
}
