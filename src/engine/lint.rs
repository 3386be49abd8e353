//! One file, from its text to its report.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use crate::container::FileId;
use crate::fix::{Edit, Finding, Label, Refusal, Safety, Severity};
use crate::front::{Kind, Reading};
use crate::rules;
use crate::source::{Source, Span};

use super::fingerprint::fingerprint;
use super::ignore::{Directive, Scope, directives};
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
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let linter = Linter { settings, tree };
        let reading = linter.read(kind, &source);
        report(reading, &linter, proofs)
    }));
    attempt.unwrap_or_else(|_| {
        let message = "privlint failed on this file; that is a bug in privlint";
        about_file(source, kind, "internal-error", message, Span::default())
    })
}

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
        unknown_needs: Vec::new(),
        selinux_undecided: false,
    }
}

fn report(reading: Reading, linter: &Linter, proofs: &mut usize) -> Report {
    let settings = linter.settings;
    let scenes = linter.scenes(&reading);
    let raised = linter.raise(&reading, &scenes);
    let directives = match settings.no_ignores {
        true => Vec::new(),
        false => directives(&reading),
    };
    let named = by_rule(&directives);
    let mut used = Used(directives.iter().map(|d| vec![false; d.rules.len()]).collect());
    let mut kept: Vec<Raised> = Vec::new();
    let mut left_out: Vec<(Raised, usize)> = Vec::new();
    for one in raised {
        match covering(&one, &directives, &named, &reading, settings, &mut used) {
            Some(directive) => left_out.push((one, directive)),
            None => kept.push(one),
        }
    }
    leave_to_privileged(&mut kept);
    let offers = match *proofs {
        0 => vec![Err(None); kept.len()],
        _ => offers(&reading, &kept, linter, proofs),
    };
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
    for (i, directive) in directives.iter().enumerate() {
        of_the_engine.extend(judge(directive, i, &used, &reading, settings));
    }
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
        unknown_needs: Vec::new(),
        selinux_undecided,
    }
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
    let by_rule = rules::find(one.finding.rule).map_or(Severity::Error, rules::Rule::severity);
    let refused = refused.or_else(|| one.finding.refused.as_ref().map(|Refusal(why)| why.clone()));
    Diagnostic {
        severity: settings.severity.get(one.finding.rule).copied().unwrap_or(by_rule),
        container,
        also: one.users.iter().skip(1).map(|(i, _)| *i).collect(),
        of_project: None,
        fix_refused: if fix.is_some() { None } else { refused },
        fix,
        fingerprint,
        finding: one.finding,
    }
}

/// Which rules of which directives have left something out: by directive, then by its rule.
struct Used(Vec<Vec<bool>>);

/// The directives that name each rule, with the place of its name among theirs.
type ByRule<'a> = HashMap<&'a str, Vec<(usize, usize)>>;

fn by_rule(directives: &[Directive]) -> ByRule<'_> {
    let mut named = ByRule::new();
    for (d, directive) in directives.iter().enumerate() {
        for (r, (name, _)) in directive.rules.iter().enumerate() {
            named.entry(name).or_default().push((d, r));
        }
    }
    named
}

/// The directive that covers a finding; every one that does counts as used.
fn covering(
    one: &Raised,
    directives: &[Directive],
    named: &ByRule,
    reading: &Reading,
    settings: &Settings,
    used: &mut Used,
) -> Option<usize> {
    let mut first = None;
    for &(d, r) in named.get(one.finding.rule)? {
        let directive = &directives[d];
        if directive.is_void() || is_expired(directive, settings) || !covers(directive.scope, one, reading) {
            continue;
        }
        used.0[d][r] = true;
        first = first.or(Some(d));
    }
    first
}

fn covers(scope: Scope, one: &Raised, reading: &Reading) -> bool {
    let primary = &one.finding.primary;
    let starts_in =
        |bytes: Span| primary.file == FileId(0) && bytes.start <= primary.span.start && primary.span.start <= bytes.end;
    match scope {
        Scope::File => true,
        Scope::Bytes(bytes) => {
            // what a whole container has from an anchor, a base or another file is covered with it
            let whole = |i: &usize| {
                let container = reading.containers.get(*i);
                container.is_some_and(|c| c.file == FileId(0) && bytes.contains(c.body))
            };
            starts_in(bytes) || (!one.users.is_empty() && one.users.iter().all(|(i, _)| whole(i)))
        }
        Scope::LineOrCommand(line) => {
            let ends_here = |i: &usize| {
                reading.containers.get(*i).is_some_and(|c| {
                    let command = !matches!(c.syntax, crate::container::Syntax::Compose);
                    command && c.file == FileId(0) && line.start <= c.body.end && c.body.end <= line.end
                })
            };
            starts_in(line) || one.users.iter().any(|(i, _)| ends_here(i))
        }
    }
}

fn is_expired(directive: &Directive, settings: &Settings) -> bool {
    directive.until.as_ref().is_some_and(|until| *until < settings.today)
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

/// What is wrong with an ignore comment.
fn judge(
    directive: &Directive,
    index: usize,
    used: &Used,
    reading: &Reading,
    settings: &Settings,
) -> Vec<(Finding, Option<Offer>)> {
    let label = |span: Span| Label {
        file: FileId(0),
        span,
        message: String::new(),
    };
    let mut found = Vec::new();
    if let Some(error) = &directive.error {
        found.push((
            Finding::new("unknown-rule", error.clone(), label(directive.comment)),
            None,
        ));
        return found;
    }
    if let Some(until) = directive.unreadable_until {
        let written = reading.source().slice(until);
        let message = format!("this comment ignores nothing: `{written}` is no date");
        let mut finding = Finding::new("unreadable-until", message, label(until));
        finding
            .helps
            .push("write the last day that it holds as year, month and day: `until=2027-03-31`".to_owned());
        found.push((finding, None));
        return found;
    }
    if is_expired(directive, settings) {
        let until = directive.until.clone().unwrap_or_default();
        let finding = Finding::new(
            "expired-ignore",
            format!("this comment ignores nothing any more: it ended on {until}"),
            label(directive.comment),
        );
        found.push((finding, Some(without(reading, directive, &[]))));
        return found;
    }
    let mut unused = Vec::new();
    for (r, (name, span)) in directive.rules.iter().enumerate() {
        if rules::find(name).is_none() {
            let mut finding = Finding::new("unknown-rule", format!("there is no rule `{name}`"), label(*span));
            if let Some(near) = rules::nearest(name) {
                finding.helps.push(format!("did you mean `{near}`?"));
            }
            found.push((finding, None));
        } else if settings.rules.contains(name.as_str()) && !used.0[index][r] && reading.problems.is_empty() {
            // where a part was not read, what the comment is for may stand there
            unused.push(r);
        }
    }
    for &r in &unused {
        let (name, span) = &directive.rules[r];
        let finding = Finding::new(
            "unused-ignore",
            format!("nothing here is found by `{name}`"),
            label(*span),
        );
        let kept = kept_names(directive, &unused);
        found.push((finding, Some(without(reading, directive, &kept))));
    }
    if settings.require_reason && directive.reason.is_none() {
        let message = "this comment does not say why";
        found.push((
            Finding::new("ignore-without-reason", message, label(directive.comment)),
            None,
        ));
    }
    found
}

fn kept_names<'a>(directive: &'a Directive, unused: &[usize]) -> Vec<&'a str> {
    let rules = directive.rules.iter().enumerate();
    rules
        .filter(|(r, _)| !unused.contains(r))
        .map(|(_, (name, _))| name.as_str())
        .collect()
}

/// The edit that leaves only `kept` in a directive, and takes the whole comment when nothing is kept.
fn without(reading: &Reading, directive: &Directive, kept: &[&str]) -> Offer {
    let source = reading.source();
    let line = source.position(directive.comment.start).line;
    let (span, text) = match (kept, directive.rules.first(), directive.rules.last()) {
        ([_, ..], Some((_, first)), Some((_, last))) => (first.to(*last), kept.join(", ")),
        _ => {
            let before = source.slice(Span {
                start: source.line_span(line).start,
                end: directive.comment.start,
            });
            if before.trim().is_empty() {
                // A comment may hold a lone carriage return, which ends no line of a script.
                let last = source.full_line_span(source.line_of(directive.comment.end));
                (source.full_line_span(line).to(last), String::new())
            } else {
                let blanks = before.len() - before.trim_end().len();
                let start = directive.comment.start as usize - blanks;
                (Span::new(start, directive.comment.end as usize), String::new())
            }
        }
    };
    Offer {
        title: "remove what ignores nothing".to_owned(),
        safety: Safety::Safe,
        edits: vec![Edit {
            file: FileId(0),
            span,
            text,
        }],
    }
}
