//! `$(…)`: variables of the file, and the few functions whose result the file says.

use std::ops::Range;

use super::lines::{Assignment, Makefile};
use super::statement::Operator;
use crate::container::Hole;
use crate::front::reading::Open;
use crate::shell::Gap;
use crate::source::{Excerpt, Span};

/// How deep variables in variables are followed.
const MAX_DEPTH: usize = 12;
/// How long a script may become by what is filled in.
const MAX_TEXT: usize = 256 * 1024;

/// Fills in what stands in a text.
pub(super) struct Expander<'a> {
    file: &'a Makefile,
    out: Excerpt,
    open: Open,
    shared: Vec<Span>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(file: &'a Makefile) -> Expander<'a> {
        Expander {
            file,
            out: Excerpt::new(),
            open: Open::default(),
            shared: Vec::new(),
        }
    }

    /// The script, what is not known of it, and the canned recipes that it takes up.
    pub(super) fn finish(self) -> (Excerpt, Vec<Gap>, Vec<Span>) {
        (self.out, self.open.gaps, self.shared)
    }

    /// Appends a text with what make fills in; `arguments` are those of `$(call …)`.
    pub(super) fn expand(&mut self, text: &Excerpt, arguments: &[Excerpt], depth: usize) {
        let written = text.text();
        let mut done = 0;
        for reference in references(written) {
            self.out.append(&text.part(done..reference.whole.start));
            done = reference.whole.end;
            match reference.kind {
                // of `$$` the shell gets one
                Reference::Dollar => self
                    .out
                    .append(&text.part(reference.whole.start..reference.whole.start + 1)),
                Reference::Name => self.reference(text, &reference, arguments, depth),
            }
        }
        self.out.append(&text.part(done..written.len()));
    }

    fn reference(&mut self, text: &Excerpt, found: &Found, arguments: &[Excerpt], depth: usize) {
        let inner = text.part(found.inner.clone());
        let name = inner.text().trim();
        let whole = text.outer_span_near(Span::new(found.whole.start, found.whole.end));
        let written = text.text().get(found.whole.clone()).unwrap_or("");
        let too_much = depth >= MAX_DEPTH || self.out.text().len() > MAX_TEXT;
        if let Ok(number) = name.parse::<usize>()
            && let Some(argument) = number.checked_sub(1).and_then(|at| arguments.get(at))
        {
            self.expand(argument, &[], depth + 1);
            return;
        }
        if name.parse::<usize>().is_ok() && depth > 0 {
            return; // an argument that the call does not give
        }
        if let Some(called) = inner.text().trim_start().strip_prefix("call ").filter(|_| !too_much) {
            let from = inner.text().len() - called.len();
            let mut parts = split(&inner, from).into_iter();
            let name = parts
                .next()
                .map(|part| part.text().trim().to_owned())
                .unwrap_or_default();
            let set = self.value(&name);
            if let Some(set) = set {
                let arguments = parts
                    .map(|part| self.filled(&part, arguments, depth + 1))
                    .collect::<Vec<_>>();
                self.take_up(&set, &arguments, depth);
                return;
            }
        }
        if let Some(set) = self.value(name).filter(|_| !too_much) {
            self.take_up(&set, arguments, depth);
            return;
        }
        self.gap(name, written, whole);
    }

    /// What is filled in for a text by itself: an argument is filled in before the call.
    fn filled(&mut self, text: &Excerpt, arguments: &[Excerpt], depth: usize) -> Excerpt {
        let before = std::mem::take(&mut self.out);
        self.expand(text, arguments, depth);
        std::mem::replace(&mut self.out, before)
    }

    fn take_up(&mut self, set: &[&'a Assignment], arguments: &[Excerpt], depth: usize) {
        for (nth, one) in set.iter().enumerate() {
            if nth > 0 {
                self.out.made(" ");
            }
            if one.is_recipe {
                self.shared.push(one.span);
            }
            self.expand(&one.value, arguments, depth + 1);
        }
    }

    fn gap(&mut self, name: &str, written: &str, span: Span) {
        let identifier = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        let hole = known(name).or_else(|| self.known_by_value(name));
        if identifier && hole.is_none() && super::matters(name) {
            // the name tells that it may be an engine, and what it is given, that podman is among them
            let mut values = self.file.assignments.iter().filter(|set| set.name == name);
            match values.any(|set| set.value.text().contains("podman")) {
                true => self.out.made("$(command -v podman || command -v docker)"),
                false => self.out.made(&format!("${{{name}}}")),
            }
            return;
        }
        let hole = hole.unwrap_or_else(|| match identifier {
            true => Hole::Variable(name.to_owned()),
            false => Hole::Other,
        });
        self.open.gap(&mut self.out, written, span, hole);
    }

    /// The assignments whose values together are that of a variable; `None` where the file does not say
    /// which it is.
    fn value(&self, name: &str) -> Option<Vec<&'a Assignment>> {
        let all: Vec<&Assignment> = self.file.assignments.iter().filter(|set| set.name == name).collect();
        let plain = |set: &&Assignment| !set.conditional && set.operator != Operator::Shell && is_plain(&set.value);
        let first = all.iter().rposition(|set| set.operator == Operator::Set).unwrap_or(0);
        let kept = all.get(first..)?;
        let others = kept.iter().skip(1).all(|set| set.operator == Operator::Append);
        (!all.is_empty() && others && all.iter().all(plain)).then(|| kept.to_vec())
    }

    /// What is known of a variable that is set to a folder by a function.
    fn known_by_value(&self, name: &str) -> Option<Hole> {
        let mut all = self.file.assignments.iter().filter(|set| set.name == name);
        let only = all.next().filter(|_| all.next().is_none())?;
        let value = only.value.text().trim();
        if value.contains("MAKEFILE_LIST") {
            return Some(Hole::ScriptDirectory);
        }
        let inner = value.strip_prefix("$(").and_then(|value| value.strip_suffix(')'))?;
        known(inner.trim())
    }
}

/// What is known of a name or function that is no variable of the file.
fn known(name: &str) -> Option<Hole> {
    match name {
        "CURDIR" | "PWD" | "shell pwd" | "shell pwd -P" | "abspath ." | "realpath ." => Some(Hole::WorkingDirectory),
        "HOME" => Some(Hole::Home),
        _ if name.contains("MAKEFILE_LIST") => Some(Hole::ScriptDirectory),
        _ => None,
    }
}

/// True for a value that is said by the file: no function in it but a call.
fn is_plain(value: &Excerpt) -> bool {
    let text = value.text();
    references(text).iter().all(|found| {
        let inner = text.get(found.inner.clone()).unwrap_or("").trim();
        found.kind == Reference::Dollar || inner.starts_with("call ") || !inner.contains([' ', ':', '$'])
    })
}

/// The commands of every `$(shell …)` in a text.
pub(super) fn shells(text: &Excerpt) -> Vec<Excerpt> {
    let written = text.text();
    let mut found = Vec::new();
    for reference in references(written) {
        let inner = text.part(reference.inner.clone());
        match inner.text().strip_prefix("shell ") {
            Some(command) => found.push(inner.part(inner.text().len() - command.len()..inner.text().len())),
            None if reference.kind == Reference::Name && inner.text().contains('$') => found.extend(shells(&inner)),
            None => {}
        }
    }
    found
}

/// The arguments of a function, from an offset on.
fn split(text: &Excerpt, from: usize) -> Vec<Excerpt> {
    let written = text.text();
    let mut parts = Vec::new();
    let (mut start, mut depth) = (from, 0_usize);
    for (at, c) in written.char_indices().skip_while(|(at, _)| *at < from) {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text.part(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.part(start..written.len()));
    parts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reference {
    /// `$$`
    Dollar,
    /// `$(NAME)`, `${NAME}`, `$X`.
    Name,
}

struct Found {
    kind: Reference,
    whole: Range<usize>,
    inner: Range<usize>,
}

/// The references of a text, outermost ones.
fn references(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = text.get(at..).and_then(|rest| rest.find('$')).map(|n| at + n) {
        let rest = text.get(from + 1..).unwrap_or("");
        let Some(c) = rest.chars().next() else { break };
        let (kind, whole, inner) = match c {
            '$' => (Reference::Dollar, from..from + 2, from + 1..from + 2),
            '(' | '{' => {
                let Some(len) = closing(rest, c) else { break };
                (Reference::Name, from..from + 1 + len, from + 2..from + len)
            }
            c if c.is_whitespace() => {
                at = from + 1;
                continue;
            }
            c => {
                let end = from + 1 + c.len_utf8();
                (Reference::Name, from..end, from + 1..end)
            }
        };
        at = whole.end;
        found.push(Found { kind, whole, inner });
    }
    found
}

/// The length of a text up to the bracket that closes the one it begins with.
fn closing(text: &str, open: char) -> Option<usize> {
    let close = if open == '(' { ')' } else { '}' };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}
