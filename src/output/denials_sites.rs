//! Refusals for the places that show them beside a pull request: SARIF, and GitHub's annotations.

use serde_json::{Value, json};

use super::annotations::{data, property};
use super::base::Base;
use super::denials::Case;
use super::plain::plain;
use super::sarif::artifact;
use crate::engine::Solved;
use crate::evidence::{Denial, Log};

/// Results of one log of SARIF.
const RESULTS_CAP: usize = 5_000;

/// The refusals that a launch was found for, as annotations of the lines that they point at.
pub fn denials_github(case: Case, base: &Base) -> String {
    let placed = case
        .solved
        .iter()
        .filter_map(|s| Some((s, case.denial(s)?, case.place(s)?)));
    let lines = placed.map(|(solved, (log, denial), (report, file, span))| {
        let source = report.reading.file(file);
        let (start, end) = (source.position(span.start), source.position(span.end));
        let level = if denial.let_pass { "notice" } else { "warning" };
        let columns = match start.line == end.line {
            true => format!(",col={},endColumn={}", start.column, end.column),
            false => String::new(),
        };
        format!(
            "::{level} file={},line={},endLine={}{columns},title={}::{}\n",
            property(&base.path(&source.path)),
            start.line,
            end.line,
            property("privlint denials"),
            data(&message(solved, log, denial)),
        )
    });
    lines.collect()
}

/// What happened and what can be written, a line each.
fn message(solved: &Solved, log: &Log, denial: &Denial) -> String {
    let mut text = format!("{} ({}:{})", solved.advice.message, log.path, denial.line);
    for (i, remedy) in solved.advice.remedies.iter().enumerate() {
        let word = if i == 0 { "write" } else { "or" };
        text.push_str(&format!("\n{word} {} ({})", remedy.text, remedy.safety.as_str()));
    }
    text
}

/// The refusals as one SARIF log: those that a launch was found for at their place, the others at the line
/// of the log.
pub fn denials_sarif(case: Case, base: &Base) -> Value {
    let results = case
        .solved
        .iter()
        .filter_map(|s| result(case, s, base))
        .take(RESULTS_CAP);
    let results: Vec<Value> = results.collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "privlint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": [{
                    "id": "denial",
                    "shortDescription": {"text": "A log says that something was refused to a container."},
                    "fullDescription": {"text": "The kernel, SELinux, AppArmor or a filter of system calls refused it, and it is matched to the launch that it is of."},
                    "help": {"text": "Each result names what was refused and what to write, the narrowest first. An empty log proves nothing."},
                    "helpUri": concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/evidence.md"),
                    "defaultConfiguration": {"level": "warning"},
                }],
            }},
            "automationDetails": {"id": "privlint-denials/"},
            "originalUriBaseIds": {
                "%SRCROOT%": {"description": {"text": "The root of the repository."}},
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(case: Case, solved: &Solved, base: &Base) -> Option<Value> {
    let (log, denial) = case.denial(solved)?;
    let of_log = json!({"physicalLocation": {
        "artifactLocation": artifact(std::path::Path::new(&log.path), base),
        "region": {"startLine": denial.line},
    }});
    let place = case.place(solved).map(|(report, file, span)| {
        let source = report.reading.file(file);
        let (start, end) = (source.position(span.start), source.position(span.end));
        json!({"physicalLocation": {
            "artifactLocation": artifact(&source.path, base),
            "region": {
                "startLine": start.line, "startColumn": start.column,
                "endLine": end.line, "endColumn": end.column,
            },
        }})
    });
    let level = if denial.let_pass || place.is_none() {
        "note"
    } else {
        "warning"
    };
    let mut result = json!({
        "ruleId": "denial",
        "ruleIndex": 0,
        "level": level,
        "message": {"text": plain_lines(&message(solved, log, denial))},
        "locations": [place.clone().unwrap_or_else(|| of_log.clone())],
    });
    if let (Some(_), Some(map)) = (place, result.as_object_mut()) {
        let mut related = of_log;
        if let Some(map) = related.as_object_mut() {
            map.insert("id".to_owned(), 1.into());
            map.insert("message".to_owned(), json!({"text": "The record."}));
        }
        map.insert("relatedLocations".to_owned(), json!([related]));
    }
    Some(result)
}

/// Lines without a byte that speaks to a terminal. Brackets would be links to places.
fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| plain(line).replace('[', "\\[").replace(']', "\\]"))
        .collect();
    lines.join("\n")
}
