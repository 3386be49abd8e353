//! One file, from its text to its report.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use crate::container::FileId;
use crate::fix::{Finding, Label, Refusal, Severity};
use crate::front::{Kind, Reading};
use crate::rules;
use crate::source::{Source, Span};

use super::comments::Comments;
use super::fingerprint::fingerprint;
use super::follow::follow;
use super::ignore::{Directive, directives};
use super::prove::{PROOF_COST, offers};
use super::raise::{Linter, Raised, order};
use super::{Diagnostic, Ignored, Offer, Report, Settings, Tree, selinux};

/// Lints a file. Whatever the text is, there is a report: a panic becomes its `internal-error`.
pub fn lint(path: &Path, kind: Kind, text: String, settings: &Settings, tree: &Tree) -> Report {
    let mut proofs = PROOF_COST;
    lint_within(path, kind, text, settings, tree, &mut proofs)
}

/// What is found in a file, without any fix: a fraction of the work.
pub fn find(path: &Path, kind: Kind, text: String, settings: &Settings, tree: &Tree) -> Report {
    lint_within(path, kind, text, settings, tree, &mut 0)
}

/// A file that was read before its turn.
#[derive(Debug)]
pub struct Ahead(Reading);

/// Reads a file by itself, before the files of its tree are asked of each other: then none is read twice.
/// `None` where that fails, which linting it will say.
pub fn read_ahead(path: &Path, kind: Kind, text: String, settings: &Settings, tree: &Tree) -> Option<Ahead> {
    let source = Arc::new(Source::new(path, text));
    let read = || Linter { settings, tree }.read_ahead(kind, &source);
    catch_unwind(AssertUnwindSafe(read)).ok().map(Ahead)
}

/// Lints a file that was read before.
pub fn lint_ahead(ahead: Ahead, settings: &Settings, tree: &Tree) -> Report {
    let mut proofs = PROOF_COST;
    lint_reading(ahead, settings, tree, &mut proofs)
}

/// What is found in a file that was read before, without any fix.
pub fn find_ahead(ahead: Ahead, settings: &Settings, tree: &Tree) -> Report {
    lint_reading(ahead, settings, tree, &mut 0)
}

fn lint_reading(ahead: Ahead, settings: &Settings, tree: &Tree, proofs: &mut usize) -> Report {
    let (kind, source) = (ahead.0.kind, Arc::clone(ahead.0.source()));
    attempt(kind, source, settings, tree, |linter| {
        let mut reading = ahead.0;
        linter.look_around(&mut reading);
        report(reading, linter, proofs)
    })
}

/// Lints a file while its proofs cost no more than what is left of `proofs`.
pub(super) fn lint_within(
    path: &Path,
    kind: Kind,
    text: String,
    settings: &Settings,
    tree: &Tree,
    proofs: &mut usize,
) -> Report {
    let source = Arc::new(Source::new(path, text));
    attempt(kind, Arc::clone(&source), settings, tree, |linter| {
        let reading = linter.read(kind, &source);
        report(reading, linter, proofs)
    })
}

/// Makes a report; of a panic, its `internal-error`.
fn attempt(
    kind: Kind,
    source: Arc<Source>,
    settings: &Settings,
    tree: &Tree,
    make: impl FnOnce(&Linter) -> Report,
) -> Report {
    let attempt = catch_unwind(AssertUnwindSafe(|| make(&Linter { settings, tree })));
    attempt.unwrap_or_else(|_| {
        let message = "privlint failed on this file; that is a bug in privlint";
        about_file(source, kind, INTERNAL_ERROR, message, Span::default())
    })
}

/// The rule of what privlint itself gets wrong.
pub(super) const INTERNAL_ERROR: &str = "internal-error";

/// The report of a file that is not text: `valid` is its text up to the first byte that is not UTF-8.
pub fn not_utf8(path: &Path, kind: Kind, valid: String) -> Report {
    let end = valid.len();
    let source = Arc::new(Source::new(path, valid));
    let message = format!("not UTF-8: the byte at offset {end} cannot be read");
    about_file(source, kind, "syntax-error", &message, Span::at(end))
}

/// A report with one finding about the file as a whole.
pub fn about_file(source: Arc<Source>, kind: Kind, rule: &'static str, message: &str, span: Span) -> Report {
    let reading = Reading::new(kind, source);
    let label = Label {
        file: FileId(0),
        span,
        message: String::new(),
    };
    let finding = Finding::new(rule, message, label);
    let fingerprint = fingerprint(&reading, &finding, None, &mut HashMap::new());
    Report {
        reading,
        diagnostics: vec![Diagnostic {
            finding,
            severity: Severity::Error,
            container: None,
            also: Vec::new(),
            of_project: None,
            fix: None,
            fix_refused: None,
            fingerprint,
        }],
        ignored: Vec::new(),
        aside: 0,
        unknown_needs: Vec::new(),
        selinux_undecided: false,
    }
}

/// What is found in a file, without what its comments leave out.
pub(super) fn kept(reading: &Reading, linter: &Linter) -> Vec<Raised> {
    let directives = directives_of(reading, linter.settings);
    let mut comments = Comments::new(&directives, linter.settings);
    let raised = linter.raise(reading, &linter.scenes(reading));
    sift(raised, &mut comments, reading, linter.settings).kept
}

/// The comments of a file that leave something out, where they count.
fn directives_of(reading: &Reading, settings: &Settings) -> Vec<Directive> {
    match settings.no_ignores {
        true => Vec::new(),
        false => directives(reading),
    }
}

/// What the rules found in a file.
struct Sifted {
    kept: Vec<Raised>,
    /// What a comment leaves out, with the comment.
    left_out: Vec<(Raised, usize)>,
    /// How much about documentation and tests is shown only where it is asked for.
    aside: usize,
}

fn sift(raised: Vec<Raised>, comments: &mut Comments, reading: &Reading, settings: &Settings) -> Sifted {
    let mut sifted = Sifted {
        kept: Vec::new(),
        left_out: Vec::new(),
        aside: 0,
    };
    for one in raised {
        match comments.covering(&one, reading) {
            Some(directive) => sifted.left_out.push((one, directive)),
            None if is_aside(&one, reading, settings) => sifted.aside += 1,
            None => sifted.kept.push(one),
        }
    }
    leave_to_privileged(&mut sifted.kept);
    sifted
}

fn report(reading: Reading, linter: &Linter, proofs: &mut usize) -> Report {
    let settings = linter.settings;
    let scenes = linter.scenes(&reading);
    let directives = directives_of(&reading, settings);
    let mut comments = Comments::new(&directives, settings);
    let Sifted { kept, left_out, aside } = sift(linter.raise(&reading, &scenes), &mut comments, &reading, settings);
    let mut offers = match *proofs {
        0 => vec![Err(None); kept.len()],
        _ => offers(&reading, &kept, linter, proofs),
    };
    follow(&reading, &kept, &mut offers, linter, proofs);
    let mut seen = HashMap::new();
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for (one, offer) in kept.into_iter().zip(offers) {
        let (fix, refused) = match offer {
            Ok(offer) => (Some(offer), None),
            Err(why) => (None, why),
        };
        diagnostics.push(diagnostic(&reading, one, fix, refused, settings, &mut seen));
    }
    let ignored = left_out
        .into_iter()
        .map(|(one, d)| Ignored {
            diagnostic: diagnostic(&reading, one, None, None, settings, &mut seen),
            reason: directives[d].reason.clone(),
            until: directives[d].until.clone(),
            comment: directives[d].comment,
        })
        .collect();
    let mut of_the_engine = problems(&reading);
    of_the_engine.extend(comments.judge(&reading, linter));
    for (finding, fix) in of_the_engine {
        if settings.rules.contains(finding.rule) {
            let one = Raised {
                finding,
                users: Vec::new(),
            };
            diagnostics.push(diagnostic(&reading, one, fix, None, settings, &mut seen));
        }
    }
    diagnostics.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
    let undecided = reading.containers.iter().zip(&scenes.hosts);
    let selinux_undecided = undecided
        .into_iter()
        .any(|(c, host)| selinux::undecided(c, host, settings));
    Report {
        reading,
        diagnostics,
        ignored,
        aside,
        unknown_needs: Vec::new(),
        selinux_undecided,
    }
}

/// True for a finding about documentation or a test that is only shown where it is asked for.
fn is_aside(one: &Raised, reading: &Reading, settings: &Settings) -> bool {
    let rule = one.finding.rule;
    let is_example = |(i, _): &(usize, _)| reading.containers.get(*i).is_some_and(|c| c.documented);
    !settings.rules_of_examples.contains(rule)
        && severity(rule, settings) < Severity::Error
        && (settings.is_test || one.users.iter().all(is_example))
}

/// The severity of a rule's findings after configuration.
fn severity(rule: &str, settings: &Settings) -> Severity {
    let by_rule = || rules::find(rule).map_or(Severity::Error, rules::Rule::severity);
    settings.severity.get(rule).copied().unwrap_or_else(by_rule)
}

/// What a privileged container makes inert is only told where the privilege itself is not found.
fn leave_to_privileged(kept: &mut Vec<Raised>) {
    let users = kept
        .iter()
        .filter(|one| one.finding.rule == "privileged")
        .flat_map(|one| &one.users);
    let privileged: std::collections::HashSet<usize> = users.map(|(container, _)| *container).collect();
    kept.retain(|one| {
        let told = |(container, _): &(usize, _)| privileged.contains(container);
        one.finding.rule != "inert-hardening" || !one.users.iter().any(told)
    });
}

fn diagnostic(
    reading: &Reading,
    one: Raised,
    fix: Option<Offer>,
    refused: Option<String>,
    settings: &Settings,
    seen: &mut HashMap<u64, u32>,
) -> Diagnostic {
    let container = one.users.first().map(|(i, _)| *i);
    let fingerprint = fingerprint(reading, &one.finding, container, seen);
    let refused = refused.or_else(|| one.finding.refused.as_ref().map(|Refusal(why)| why.clone()));
    Diagnostic {
        severity: severity(one.finding.rule, settings),
        container,
        also: one.users.iter().skip(1).map(|(i, _)| *i).collect(),
        of_project: None,
        fix_refused: if fix.is_some() { None } else { refused },
        fix,
        fingerprint,
        finding: one.finding,
    }
}

/// What could not be read, as findings.
fn problems(reading: &Reading) -> Vec<(Finding, Option<Offer>)> {
    let mut found = Vec::new();
    let bounds = reading.problems.iter().filter(|p| p.bound);
    let said = bounds.min_by_key(|p| (!p.ends_reading, p.file, p.span.start));
    let wrong = reading.problems.iter().filter(|p| !p.bound);
    for problem in wrong.chain(said) {
        let label = Label {
            file: problem.file,
            span: problem.span,
            message: String::new(),
        };
        let rule = if problem.bound {
            rules::READING_LIMIT
        } else {
            "syntax-error"
        };
        let mut finding = Finding::new(rule, problem.message.clone(), label);
        if problem.ends_reading && !problem.bound {
            finding.notes.push("what comes after it was not read".to_owned());
        }
        found.push((finding, None));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fault_of_privlint_breaks_a_report() {
        let about = |rule| {
            let source = Arc::new(Source::new("a.sh", "true\n".to_owned()));
            about_file(source, Kind::Shell, rule, "a message", Span::default())
        };
        assert!(about(INTERNAL_ERROR).is_broken() && !about("syntax-error").is_broken());
    }
}
