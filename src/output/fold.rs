//! Findings that are shown as one: those of one file that say the same of several containers.

use std::collections::HashMap;

use crate::engine::{Diagnostic, Report};

use super::json::refusal;
use super::rulebook::count;

/// Others that a message names at most.
const NAMES_CAP: usize = 8;

/// Findings that are shown as one, in order of place.
pub(super) struct Block<'a> {
    /// The first of them, which is shown.
    pub(super) first: &'a Diagnostic,
    /// The others.
    pub(super) others: Vec<&'a Diagnostic>,
}

/// What findings of one block have in common.
#[derive(PartialEq, Eq, Hash)]
struct Kind<'a> {
    rule: &'static str,
    severity: crate::fix::Severity,
    /// The message, without the name of the container.
    message: String,
    /// The value that is found, where something is found that is written.
    value: Option<&'a str>,
    helps: &'a [String],
    fix: Option<(&'a str, crate::fix::Safety)>,
    refused: bool,
}

/// The findings of a file, those that say the same of several containers as one, in the order of the
/// first of each.
pub(super) fn blocks(report: &Report) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut known: HashMap<Kind, usize> = HashMap::new();
    for diagnostic in &report.diagnostics {
        let folds = diagnostic.container.is_some();
        let kind = folds.then(|| kind(report, diagnostic));
        let same = kind.as_ref().and_then(|kind| known.get(kind));
        if let Some(block) = same.and_then(|&at| blocks.get_mut(at)) {
            block.others.push(diagnostic);
            continue;
        }
        known.extend(kind.map(|kind| (kind, blocks.len())));
        blocks.push(Block {
            first: diagnostic,
            others: Vec::new(),
        });
    }
    blocks
}

/// For each finding of a file, in their order, the fingerprint of the first of its block.
pub(super) fn groups(report: &Report) -> Vec<&str> {
    let mut group: HashMap<&str, &str> = HashMap::new();
    for block in blocks(report) {
        let first = block.first.fingerprint.as_str();
        group.extend(block.all().map(|d| (d.fingerprint.as_str(), first)));
    }
    let all = report.diagnostics.iter().map(|d| d.fingerprint.as_str());
    all.map(|own| group.get(own).copied().unwrap_or(own)).collect()
}

fn kind<'a>(report: &'a Report, diagnostic: &'a Diagnostic) -> Kind<'a> {
    let finding = &diagnostic.finding;
    let message = match called(report, diagnostic) {
        Some(name) => finding.message.replace(&format!("`{name}`"), "`…`"),
        None => finding.message.clone(),
    };
    let primary = &finding.primary;
    Kind {
        rule: finding.rule,
        severity: diagnostic.severity,
        message,
        value: finding
            .missing
            .is_none()
            .then(|| report.reading.file(primary.file).slice(primary.span)),
        helps: &finding.helps,
        fix: diagnostic.fix.as_ref().map(|fix| (fix.title.as_str(), fix.safety)),
        refused: refusal(diagnostic).is_some(),
    }
}

/// What the container of a finding is called.
pub(super) fn called(report: &Report, diagnostic: &Diagnostic) -> Option<String> {
    let container = report.reading.containers.get(diagnostic.container?)?;
    Some(container.called())
}

impl<'a> Block<'a> {
    /// The findings.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a Diagnostic> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// How many findings there are beside the first, as the end of its message; empty for none.
    pub(super) fn count_of_others(&self) -> String {
        match self.others.len() {
            0 => String::new(),
            n => format!(" (and {} in this file)", count(n, "other container")),
        }
    }

    /// The message with the names of the others, for formats that show nothing else of them.
    pub(super) fn message(&self, report: &Report) -> String {
        let message = &self.first.finding.message;
        if self.others.is_empty() {
            return message.clone();
        }
        let named = self.others.iter().take(NAMES_CAP).map(|d| {
            let source = report.reading.file(d.finding.primary.file);
            let line = source.line_of(d.finding.primary.span.start);
            match called(report, d) {
                Some(name) => format!("`{name}` at line {line}"),
                None => format!("line {line}"),
            }
        });
        let named: Vec<String> = named.collect();
        let more = match self.others.len().saturating_sub(NAMES_CAP) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let others = count(self.others.len(), "other container");
        format!("{message} (and {others} in this file: {}{more})", named.join(", "))
    }

    /// The notes of the first, and what the others are told that it is not, each with its container.
    pub(super) fn notes(&self, report: &Report) -> Vec<String> {
        let mut notes: Vec<String> = self.first.finding.notes.clone();
        let own: Vec<String> = notes.clone();
        for other in self.others.iter().take(NAMES_CAP) {
            let Some(name) = called(report, other) else { continue };
            let new = other.finding.notes.iter().filter(|note| !own.contains(note));
            for note in new {
                // a note that names the image needs no other name
                let told = match notes.iter().any(|known| known == note) {
                    true => continue,
                    false => format!("`{name}`: {note}"),
                };
                notes.push(told);
            }
        }
        notes
    }

    /// Why no fix is offered, for each that has none and gives a reason.
    pub(super) fn refusals(&self, report: &Report) -> Vec<String> {
        let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
        for diagnostic in self.all() {
            let Some(why) = refusal(diagnostic) else { continue };
            let name = called(report, diagnostic).filter(|_| !self.others.is_empty());
            let name = name.map(|name| format!("`{name}`"));
            match reasons.iter_mut().find(|(known, _)| *known == why) {
                Some((_, names)) => names.extend(name.filter(|name| !names.contains(name))),
                None => reasons.push((why, name.into_iter().collect())),
            }
        }
        let told = reasons.into_iter().map(|(why, names)| {
            let more = match names.len().saturating_sub(NAMES_CAP) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            match names.get(..names.len().min(NAMES_CAP)) {
                Some(first) if !first.is_empty() => {
                    format!("no fix is offered for {}{more}: {why}", first.join(", "))
                }
                _ => format!("no fix is offered: {why}"),
            }
        });
        told.collect()
    }
}
