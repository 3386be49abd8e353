//! What the variables of a Makefile stand for, and how much of it is filled in.

use std::cell::Cell;
use std::collections::HashMap;

use super::engine::is_engine;
use super::lines::{Assignment, Makefile};
use super::references::{Reference, references};
use super::statement::Operator;
use crate::container::Hole;
use crate::source::Excerpt;

/// What is filled in for one file at most, in bytes: this much, and some for each byte of the file.
const MAX_WORK: usize = 256 * 1024;
const WORK_PER_BYTE: usize = 16;
/// What one reference counts for, in bytes.
const REFERENCE: usize = 8;

/// The variables of a file, and what is left of the work.
pub(super) struct Values<'a> {
    known: HashMap<&'a str, Known<'a>>,
    work: Cell<usize>,
    refused: Cell<bool>,
}

/// What the file says of a variable.
struct Known<'a> {
    /// The assignments whose values together are its value; `None` where the file does not say it.
    value: Option<Vec<&'a Assignment>>,
    /// What is known of one that is set to a folder by a function.
    hole: Option<Hole>,
    /// Whether podman is among what it is given.
    podman: bool,
    /// Whether it holds the name of an engine, however that is chosen.
    engine: bool,
}

impl<'a> Values<'a> {
    pub(super) fn new(file: &'a Makefile, bytes: usize) -> Values<'a> {
        let mut all: HashMap<&str, Vec<&Assignment>> = HashMap::new();
        for set in &file.assignments {
            all.entry(set.name.as_str()).or_default().push(set);
        }
        let known = |(name, all): (&'a str, Vec<&'a Assignment>)| {
            let hole = folder(&all);
            let podman = all.iter().any(|set| set.value.text().contains("podman"));
            let engine = all.iter().all(|set| is_engine(&set.value, 0));
            let value = value(all);
            let known = Known {
                value,
                hole,
                podman,
                engine,
            };
            (name, known)
        };
        Values {
            known: all.into_iter().map(known).collect(),
            work: Cell::new(bytes.saturating_mul(WORK_PER_BYTE).saturating_add(MAX_WORK)),
            refused: Cell::new(false),
        }
    }

    /// The assignments whose values together are that of a variable; `None` where the file does not say
    /// which it is.
    pub(super) fn of(&self, name: &str) -> Option<&[&'a Assignment]> {
        self.known.get(name)?.value.as_deref()
    }

    /// What is known of a variable that is set to a folder by a function.
    pub(super) fn folder(&self, name: &str) -> Option<Hole> {
        self.known.get(name)?.hole.clone()
    }

    /// True where a variable may hold podman.
    pub(super) fn may_be_podman(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|known| known.podman)
    }

    /// True where a variable holds the name of an engine, however that is chosen.
    pub(super) fn is_engine(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|known| known.engine)
    }

    /// True where one more reference, and this much text, may be filled in.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        let left = self.work.get().checked_sub(bytes.saturating_add(REFERENCE));
        self.work.set(left.unwrap_or(0));
        self.refused.set(self.refused.get() || left.is_none());
        left.is_some()
    }

    /// True where something was not filled in because it was too much.
    pub(super) fn is_spent(&self) -> bool {
        self.refused.get()
    }
}

fn value(all: Vec<&Assignment>) -> Option<Vec<&Assignment>> {
    // what is only added under a condition leaves the rest as it is
    let sure = |set: &Assignment| !set.conditional || set.operator == Operator::Append;
    let said = |value: &Excerpt| is_plain(value) || is_launch(value);
    let plain = |set: &&Assignment| sure(set) && set.operator != Operator::Shell && said(&set.value);
    if !all.iter().all(plain) {
        return None;
    }
    let first = all.iter().rposition(|set| set.operator == Operator::Set).unwrap_or(0);
    let kept = all.get(first..)?;
    let others = kept.iter().skip(1).all(|set| set.operator == Operator::Append);
    others.then(|| kept.to_vec())
}

fn folder(all: &[&Assignment]) -> Option<Hole> {
    let [only] = all else { return None };
    let value = only.value.text().trim();
    if value.contains("MAKEFILE_LIST") {
        return Some(Hole::ScriptDirectory);
    }
    let inner = value.strip_prefix("$(").and_then(|value| value.strip_suffix(')'))?;
    known(inner.trim())
}

/// What is known of a name or function that is no variable of the file.
pub(super) fn known(name: &str) -> Option<Hole> {
    match name {
        "CURDIR" | "PWD" | "shell pwd" | "shell pwd -P" | "abspath ." | "realpath ." => Some(Hole::WorkingDirectory),
        "HOME" => Some(Hole::Home),
        _ if name.contains("MAKEFILE_LIST") => Some(Hole::ScriptDirectory),
        _ => None,
    }
}

/// True for a launch with functions in it, each of which is a part that is not known: `docker run -u $(shell id -u) x`.
fn is_launch(value: &Excerpt) -> bool {
    let text = value.text();
    let is_verb = |word: &str| matches!(word, "run" | "create" | "exec");
    // not one that stands in a function
    let mut outside = String::new();
    let mut done = 0;
    for found in references(text) {
        outside.push_str(text.get(done..found.whole.start).unwrap_or(""));
        done = found.whole.end;
    }
    outside.push_str(text.get(done..).unwrap_or(""));
    outside.split_whitespace().any(is_verb)
}

/// True for a value that is said by the file: no function in it but a call.
fn is_plain(value: &Excerpt) -> bool {
    let text = value.text();
    references(text).iter().all(|found| {
        let inner = text.get(found.inner.clone()).unwrap_or("").trim();
        found.kind == Reference::Dollar || inner.starts_with("call ") || !inner.contains([' ', ':', '$'])
    })
}
