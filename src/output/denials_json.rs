//! What logs say, for programs: other programs build on it, so there are only additions.

use serde_json::{Value, json};

use super::denials::Case;
use super::json_range;
use crate::engine::{Explained, Report, Solved};

/// The `denials` JSON, version 1.
pub fn denials_json(case: Case) -> Value {
    let denials: Vec<Value> = case.solved.iter().filter_map(|solved| denial(case, solved)).collect();
    let observations: Vec<Value> = case.explained.iter().filter_map(|one| observation(case, one)).collect();
    let logs: Vec<Value> = case
        .logs
        .iter()
        .map(|log| {
            json!({
                "file": log.path,
                "lines": log.lines,
                "unread": log.unread.0,
                "of_other_programs": log.others,
                "left_out": log.dropped,
            })
        })
        .collect();
    json!({"version": 1, "denials": denials, "observations": observations, "logs": logs})
}

fn denial(case: Case, solved: &Solved) -> Option<Value> {
    let (log, denial) = case.denial(solved)?;
    let launch = solved.launch.as_ref().and_then(|l| launch(case, l.report, l.container));
    let place = case.place(solved).map(|(report, file, span)| {
        let source = report.reading.file(file);
        json!({"file": source.shown_path(), "range": json_range(source, span)})
    });
    let remedies: Vec<Value> = solved
        .advice
        .remedies
        .iter()
        .map(|r| json!({"kind": r.kind.as_str(), "text": r.text, "safety": r.safety.as_str()}))
        .collect();
    let fix = solved
        .offer
        .as_ref()
        .zip(solved.launch.as_ref())
        .and_then(|(offer, launch)| {
            let report = case.reports.get(launch.report)?;
            let edits = offer.edits.iter().map(|edit| {
                let file = report.reading.file(edit.file);
                json!({"file": file.shown_path(), "range": json_range(file, edit.span), "text": edit.text})
            });
            let edits: Vec<Value> = edits.collect();
            Some(json!({"title": offer.title, "safety": offer.safety.as_str(), "edits": edits}))
        });
    Some(json!({
        "log": log.path,
        "line": denial.line,
        "count": denial.count,
        "kind": denial.kind,
        "comm": denial.comm,
        "path": denial.path,
        "class": denial.class,
        "permissions": denial.permissions,
        "capability": denial.capability,
        "syscall": denial.syscall,
        "scontext": denial.source.as_ref().map(|c| &c.text),
        "tcontext": denial.target.as_ref().map(|c| &c.text),
        "let_pass": denial.let_pass,
        "message": solved.advice.message,
        "launch": launch,
        "place": place,
        "why_matched": solved.launch.as_ref().map(|l| &l.fit.reasons),
        "why_unmatched": solved.why_unmatched,
        "remedies": remedies,
        "notes": solved.advice.notes,
        "fix": fix,
    }))
}

fn launch(case: Case, report: usize, container: usize) -> Option<Value> {
    let report: &Report = case.reports.get(report)?;
    let container = report.reading.containers.get(container)?;
    let source = report.reading.file(container.file);
    Some(json!({
        "file": source.shown_path(),
        "line": source.line_of(container.head.start),
        "container": container.called(),
    }))
}

fn observation(case: Case, one: &Explained) -> Option<Value> {
    let log = case.logs.get(one.log)?;
    let seen = log.observations.get(one.observation)?;
    Some(json!({
        "log": log.path,
        "line": seen.line,
        "kind": seen.kind(),
        "text": one.text,
        "launch": one.launch.and_then(|(r, c)| launch(case, r, c)),
    }))
}
