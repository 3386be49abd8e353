//! SARIF 2.1.0, in the form that code scanning of GitHub makes most of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::base::Base;
use super::fold::groups;
use super::line_hash::line_hashes;
use super::rulebook;
use crate::container::{Container, FileId};
use crate::engine::{Diagnostic, Offer, Report};
use crate::fix::{Edit, Label, Safety, Severity};
use crate::rules::page::Page;
use crate::source::{Source, Span};

/// Results of one run that code scanning takes at most.
pub const RESULTS_CAP: usize = 25_000;
/// Locations of one result, and tags of one rule, that are worth sending.
const RELATED_CAP: usize = 100;
const TAGS_CAP: usize = 10;
/// Characters of a description that are taken.
const DESCRIPTION_CAP: usize = 1024;

/// What a baseline lists beside the findings that are shown, which are new.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// The findings that it lists and that are still there, with the index of their report.
    pub unchanged: Vec<(usize, Diagnostic)>,
    /// Those that are no more.
    pub absent: Vec<Absent>,
}

/// A finding that a baseline lists and that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The file it was in.
    pub path: PathBuf,
    /// The rule's name.
    pub rule: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// What was found.
    pub message: String,
}

/// A result before it is written.
enum Listed<'a> {
    There(&'a Report, &'a Diagnostic, &'a str, Option<&'static str>),
    Gone(&'a Absent),
}

impl Listed<'_> {
    fn rule(&self) -> &str {
        match self {
            Listed::There(_, diagnostic, ..) => diagnostic.finding.rule,
            Listed::Gone(absent) => &absent.rule,
        }
    }

    /// What is left out last where not all find room.
    fn weight(&self) -> (bool, bool, Severity) {
        match self {
            Listed::There(_, d, _, state) => (true, *state != Some("unchanged"), d.severity),
            Listed::Gone(_) => (false, false, Severity::Note),
        }
    }
}

/// Every result, new ones first, at most [`RESULTS_CAP`]; and how many were cut off.
fn listed<'a>(reports: &'a [Report], compared: Option<&'a Compared>) -> (Vec<Listed<'a>>, usize) {
    let state = compared.map(|_| "new");
    let shown = reports.iter().flat_map(|report| {
        let all = report.diagnostics.iter().zip(groups(report));
        all.map(move |(d, group)| Listed::There(report, d, group, state))
    });
    let mut list: Vec<Listed> = shown.collect();
    if let Some(compared) = compared {
        let known = compared.unchanged.iter();
        list.extend(
            known.filter_map(|(i, d)| Some(Listed::There(reports.get(*i)?, d, &d.fingerprint, Some("unchanged")))),
        );
        list.extend(compared.absent.iter().map(Listed::Gone));
    }
    let cut = list.len().saturating_sub(RESULTS_CAP);
    if cut > 0 {
        list.sort_by_key(|one| std::cmp::Reverse(one.weight()));
        list.truncate(RESULTS_CAP);
    }
    (list, cut)
}

/// The findings as one SARIF log, and how many findings were cut off at [`RESULTS_CAP`], the least
/// grave. Where a baseline was given, every result says whether it is new, unchanged or absent.
pub fn sarif(reports: &[Report], base: &Base, compared: Option<&Compared>) -> (Value, usize) {
    let (list, cut) = listed(reports, compared);
    let mut used: BTreeMap<&str, usize> = list.iter().map(|one| (one.rule(), 0)).collect();
    for (index, (_, place)) in used.iter_mut().enumerate() {
        *place = index;
    }
    let mut hashes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let results: Vec<Value> = list
        .iter()
        .map(|one| {
            let index = used.get(one.rule()).copied().unwrap_or(0);
            let (mut value, state) = match one {
                Listed::There(report, d, group, state) => {
                    let mut value = result(report, d, index, base, &mut hashes);
                    value["properties"] = json!({"group": group});
                    (value, *state)
                }
                Listed::Gone(absent) => (gone(absent, index, base), Some("absent")),
            };
            if let (Some(state), Some(map)) = (state, value.as_object_mut()) {
                map.insert("baselineState".to_owned(), state.into());
                if state == "unchanged" {
                    let why = json!([{"kind": "external", "justification": "listed in the baseline"}]);
                    map.insert("suppressions".to_owned(), why);
                }
            }
            value
        })
        .collect();
    let rules: Vec<Value> = used.keys().map(|name| rule(name)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "privlint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "automationDetails": {"id": "privlint/"},
            "originalUriBaseIds": {
                "%SRCROOT%": {"description": {"text": "The root of the repository."}},
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    (log, cut)
}

fn rule(name: &str) -> Value {
    let mut out = json!({"id": name, "helpUri": rulebook::url(name)});
    let spoken = pascal_case(name);
    // a name that only repeats the id is refused by validators
    if let (false, Some(map)) = (spoken.eq_ignore_ascii_case(name), out.as_object_mut()) {
        map.insert("name".to_owned(), spoken.into());
    }
    let (Some(page), Some(map)) = (rulebook::pages().get(name), out.as_object_mut()) else {
        return out;
    };
    let text = |text: &str| json!({"text": sentence(&capped(text))});
    map.insert("shortDescription".to_owned(), text(&plain_words(page.summary())));
    let paragraph = page.body.split("\n\n").next().unwrap_or("");
    map.insert("fullDescription".to_owned(), text(&plain_words(paragraph)));
    map.insert(
        "help".to_owned(),
        json!({"text": plain_words(&page.body), "markdown": format!("# {name}\n\n{}", page.body)}),
    );
    map.insert(
        "defaultConfiguration".to_owned(),
        json!({"level": page.front.severity.as_str()}),
    );
    map.insert("properties".to_owned(), properties(page));
    out
}

fn properties(page: &Page) -> Value {
    let mut tags = vec!["containers".to_owned()];
    let is_security = !page.front.cwe.is_empty();
    if is_security {
        tags.push("security".to_owned());
    }
    tags.extend(page.front.cwe.iter().map(|cwe| format!("external/cwe/cwe-{cwe:03}")));
    tags.truncate(TAGS_CAP);
    let mut out = json!({
        "tags": tags,
        "precision": "high",
        "problem.severity": problem_severity(page.front.severity),
    });
    if let (true, Some(map)) = (is_security, out.as_object_mut()) {
        // high, medium and low for code scanning
        let score = match page.front.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.5",
            Severity::Note => "2.0",
        };
        map.insert("security-severity".to_owned(), score.into());
    }
    out
}

/// A finding that is no more: its file is known, its line is not, and readers want one.
fn gone(absent: &Absent, rule_index: usize, base: &Base) -> Value {
    let place = json!({"artifactLocation": artifact(&absent.path, base), "region": {"startLine": 1}});
    json!({
        "ruleId": absent.rule,
        "ruleIndex": rule_index,
        "level": "none",
        "kind": "notApplicable",
        "message": {"text": sentence(&escaped(&absent.message))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"privlint/v1": absent.fingerprint},
    })
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    }
}

fn result(
    report: &Report,
    diagnostic: &Diagnostic,
    rule_index: usize,
    base: &Base,
    hashes: &mut BTreeMap<String, Vec<String>>,
) -> Value {
    let finding = &diagnostic.finding;
    let source = report.reading.file(finding.primary.file);
    let container = diagnostic.container.and_then(|i| report.reading.containers.get(i));
    let span = first_line(source, finding.primary.span);
    let mut location = json!({"physicalLocation": physical(source, span, base)});
    if let (Some(container), Some(map)) = (container, location.as_object_mut()) {
        map.insert("logicalLocations".to_owned(), json!([logical(container)]));
    }
    let related = related(report, diagnostic, container);
    let mut message = sentence(&escaped(&finding.message));
    for (id, (label, _)) in related.iter().enumerate().filter(|(_, (_, linked))| *linked) {
        let words = label.message.replace(['[', ']'], "");
        message.push_str(&format!(" See [{words}]({}).", id + 1));
    }
    let locations: Vec<Value> = related
        .iter()
        .enumerate()
        .map(|(id, (label, _))| {
            let file = report.reading.file(label.file);
            let place = physical(file, first_line(file, label.span), base);
            json!({"id": id + 1, "physicalLocation": place, "message": {"text": sentence(&label.message)}})
        })
        .collect();
    let shown = source.shown_path();
    let lines = hashes.entry(shown).or_insert_with(|| line_hashes(source.text()));
    let line = source.line_of(span.start) as usize;
    let mut fingerprints = Map::new();
    if let Some(hash) = lines.get(line.saturating_sub(1)) {
        fingerprints.insert("primaryLocationLineHash".to_owned(), hash.clone().into());
    }
    fingerprints.insert("privlint/v1".to_owned(), diagnostic.fingerprint.clone().into());
    let mut out = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": diagnostic.severity.as_str(),
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": fingerprints,
    });
    let Some(map) = out.as_object_mut() else {
        return out;
    };
    if !locations.is_empty() {
        map.insert("relatedLocations".to_owned(), locations.into());
    }
    let offer = diagnostic.fix.as_ref().filter(|f| f.safety > Safety::Manual);
    if let Some(offer) = offer {
        map.insert("fixes".to_owned(), json!([fix(report, offer, base)]));
    }
    out
}

/// The labels of a finding, and the launch it belongs to; true for those that the message links.
fn related(report: &Report, diagnostic: &Diagnostic, container: Option<&Container>) -> Vec<(Label, bool)> {
    let finding = &diagnostic.finding;
    let mut out: Vec<(Label, bool)> = finding
        .related
        .iter()
        .filter(|label| !label.message.is_empty())
        .take(RELATED_CAP - 1)
        .map(|label| (label.clone(), true))
        .collect();
    if let Some(container) = container {
        let head = Label {
            file: container.file,
            span: container.head,
            message: format!("the {} `{}`", container.syntax.noun(), container.called()),
        };
        let line = |label: &Label| report.reading.file(label.file).line_of(label.span.start);
        if (head.file, line(&head)) != (finding.primary.file, line(&finding.primary)) {
            out.push((head, false));
        }
    }
    out
}

fn logical(container: &Container) -> Value {
    let name = container.called();
    let whole = match container.syntax.is_service() {
        true => format!("services.{name}"),
        false => name.clone(),
    };
    json!({"name": name, "fullyQualifiedName": whole})
}

fn physical(source: &Source, span: Span, base: &Base) -> Value {
    json!({"artifactLocation": artifact(&source.path, base), "region": region(source, span)})
}

pub(super) fn artifact(path: &Path, base: &Base) -> Value {
    match base.address(path) {
        Some(uri) => json!({"uri": uri, "uriBaseId": "%SRCROOT%"}),
        None => json!({"uri": base.file_address(path)}),
    }
}

fn region(source: &Source, span: Span) -> Value {
    let (start, end) = (source.position(span.start), source.position(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// The part of a span on its first line, and at least one character where there is one.
fn first_line(source: &Source, span: Span) -> Span {
    let line = source.line_span(source.line_of(span.start));
    let start = span.start.min(line.end);
    let end = span.end.clamp(start, line.end);
    if start < end {
        return Span { start, end };
    }
    let rest = Span { start, end: line.end };
    let one = source.slice(rest).chars().next().map_or(0, char::len_utf8);
    Span::new(start as usize, start as usize + one)
}

fn fix(report: &Report, offer: &Offer, base: &Base) -> Value {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in &offer.edits {
        by_file.entry(edit.file).or_default().push(edit);
    }
    let changes: Vec<Value> = by_file
        .into_iter()
        .map(|(id, edits)| {
            let source = report.reading.file(id);
            let replacements: Vec<Value> = edits
                .into_iter()
                .map(|edit| {
                    json!({
                        "deletedRegion": region(source, edit.span),
                        "insertedContent": {"text": edit.text},
                    })
                })
                .collect();
            json!({"artifactLocation": artifact(&source.path, base), "replacements": replacements})
        })
        .collect();
    let title = format!("{} ({})", offer.title, offer.safety.as_str());
    json!({"description": {"text": sentence(&title)}, "artifactChanges": changes})
}

/// `missing-cap-drop` as `MissingCapDrop`.
fn pascal_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// A text with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let mut out: String = first.into_iter().chain(letters).collect();
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// A message in which nothing is taken for a link.
fn escaped(message: &str) -> String {
    message.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Markdown without its marks, for readers that show none.
fn plain_words(markdown: &str) -> String {
    markdown
        .replace("```yaml\n", "\n")
        .replace("```dockerfile\n", "\n")
        .replace("```sh\n", "\n")
        .replace("```\n", "\n")
        .trim()
        .to_owned()
}

fn capped(text: &str) -> String {
    if text.chars().count() < DESCRIPTION_CAP {
        return text.to_owned();
    }
    let cut: String = text.chars().take(DESCRIPTION_CAP - 4).collect();
    format!("{cut}...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_stay_on_one_line_and_are_never_empty() {
        let source = Source::new("a", "one\r\ntwo\r\n");
        assert_eq!(first_line(&source, Span::new(1, 9)), Span::new(1, 3));
        assert_eq!(first_line(&source, Span::new(5, 5)), Span::new(5, 6));
        assert_eq!(first_line(&source, Span::new(10, 10)), Span::new(10, 10));
    }

    #[test]
    fn texts_are_sentences_and_hold_no_link() {
        assert_eq!(sentence("it runs"), "It runs.");
        assert_eq!(escaped("see [a](1)"), "see \\[a\\](1)");
        assert_eq!(pascal_case("missing-cap-drop"), "MissingCapDrop");
    }
}
