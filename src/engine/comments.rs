//! What ignore comments leave out, and what is wrong with them.

use std::collections::HashMap;

use crate::container::{Engine, FileId};
use crate::fix::{Edit, Finding, Label, Safety};
use crate::front::Reading;
use crate::rules;
use crate::source::Span;

use super::ignore::{Directive, Scope, directives};
use super::raise::{Linter, Raised};
use super::{Offer, Selinux, Settings};

/// The ignore comments of a file, and which of them have left something out.
pub(super) struct Comments<'a> {
    directives: &'a [Directive],
    /// The directives that name each rule, with the place of its name among theirs.
    named: HashMap<&'a str, Vec<(usize, usize)>>,
    used: Used,
    settings: &'a Settings,
}

/// Which rules of which directives have left something out: by directive, then by its rule.
#[derive(Clone)]
struct Used(Vec<Vec<bool>>);

impl<'a> Comments<'a> {
    pub(super) fn new(directives: &'a [Directive], settings: &'a Settings) -> Comments<'a> {
        let mut named: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
        for (d, directive) in directives.iter().enumerate() {
            for (r, (name, _)) in directive.rules.iter().enumerate() {
                named.entry(name).or_default().push((d, r));
            }
        }
        Comments {
            directives,
            named,
            used: Used(directives.iter().map(|d| vec![false; d.rules.len()]).collect()),
            settings,
        }
    }

    /// The directive that covers a finding; every one that does counts as used.
    pub(super) fn covering(&mut self, one: &Raised, reading: &Reading) -> Option<usize> {
        let mut first = None;
        for &(d, r) in self.named.get(one.finding.rule)? {
            let directive = &self.directives[d];
            if directive.is_void() || is_expired(directive, self.settings) || !covers(directive.scope, one, reading) {
                continue;
            }
            self.used.0[d][r] = true;
            first = first.or(Some(d));
        }
        first
    }

    /// What is wrong with the comments.
    pub(super) fn judge(&self, reading: &Reading, linter: &Linter) -> Vec<(Finding, Option<Offer>)> {
        let needed = self.needed_elsewhere(reading, linter);
        let numbered = self.directives.iter().enumerate();
        numbered
            .flat_map(|(i, directive)| self.judge_one(directive, i, &needed, reading))
            .collect()
    }

    /// True where a rule of a comment is on and has left out nothing.
    fn is_unused(&self, d: usize, r: usize) -> bool {
        let directive = &self.directives[d];
        let name = directive.rules[r].0.as_str();
        let holds = !directive.is_void() && !is_expired(directive, self.settings);
        holds && self.settings.rules.contains(name) && !self.used.0[d][r]
    }

    /// What the comments leave out where the hosts use SELinux, or another engine runs the same text. Who
    /// wrote a comment may have had another setting in mind than this run has: it is a decision that has
    /// to outlive the run.
    fn needed_elsewhere(&self, reading: &Reading, linter: &Linter) -> Used {
        let mut needed = self.used.clone();
        let count = |d: usize| self.directives[d].rules.len();
        let any_unused = (0..self.directives.len()).any(|d| (0..count(d)).any(|r| self.is_unused(d, r)));
        if !any_unused || !reading.problems.is_empty() {
            return needed;
        }
        // what the tree says stays what this run has found
        linter.facts_of_tree(reading);
        for engine in [linter.settings.engine, Engine::Docker, Engine::Podman] {
            let settings = Settings {
                selinux: Selinux::On,
                engine,
                ..linter.settings.clone()
            };
            let other = Linter {
                settings: &settings,
                tree: linter.tree,
            };
            let again = other.read(reading.kind, &reading.sources[0]);
            let own = directives(&again);
            let mut comments = Comments::new(&own, &settings);
            if own.len() != self.directives.len() {
                continue;
            }
            for one in other.raise(&again, &other.scenes(&again)) {
                comments.covering(&one, &again);
            }
            for (all, more) in needed.0.iter_mut().zip(comments.used.0) {
                all.iter_mut().zip(more).for_each(|(all, more)| *all |= more);
            }
        }
        needed
    }

    /// What is wrong with one of them.
    fn judge_one(
        &self,
        directive: &Directive,
        index: usize,
        needed: &Used,
        reading: &Reading,
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
        if is_expired(directive, self.settings) {
            let until = directive.until.clone().unwrap_or_default();
            let finding = Finding::new(
                "expired-ignore",
                format!("this comment no longer ignores anything: it expired on {until}"),
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
            } else if self.is_unused(index, r) && !needed.0[index][r] && reading.problems.is_empty() {
                // where a part was not read, what the comment is for may stand there
                unused.push(r);
            }
        }
        for &r in &unused {
            let (name, span) = &directive.rules[r];
            let finding = Finding::new("unused-ignore", format!("`{name}` reports nothing here"), label(*span));
            let kept = kept_names(directive, &unused);
            found.push((finding, Some(without(reading, directive, &kept))));
        }
        if self.settings.require_reason && directive.reason.is_none() {
            let message = "this comment does not say why";
            found.push((
                Finding::new("ignore-without-reason", message, label(directive.comment)),
                None,
            ));
        }
        found
    }
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
