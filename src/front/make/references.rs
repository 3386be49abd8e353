//! Where `$(…)` stand in a text of a Makefile, and the arguments of functions.

use std::collections::HashMap;
use std::ops::Range;

use crate::source::Excerpt;

/// What a `$` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// `$$`
    Dollar,
    /// `$(NAME)`, `${NAME}`, `$X`.
    Name,
}

/// A reference, and what stands between its brackets.
pub(super) struct Found {
    pub(super) kind: Reference,
    pub(super) whole: Range<usize>,
    pub(super) inner: Range<usize>,
}

/// The references of a text, outermost ones, up to the first that is not closed.
pub(super) fn references(text: &str) -> Vec<Found> {
    let closed = closings(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = dollar(text, at) {
        match reference(text, from, &closed) {
            Some(reference) => {
                at = reference.whole.end;
                found.push(reference);
            }
            None if text.get(from + 1..).is_some_and(|rest| rest.starts_with(['(', '{'])) => break,
            None => at = from + 1,
        }
    }
    found
}

/// The commands of every `$(shell …)` in a text, those inside of other references too.
pub(super) fn shells(text: &Excerpt) -> Vec<Excerpt> {
    let written = text.text();
    let closed = closings(written);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(from) = dollar(written, at) {
        let Some(reference) = reference(written, from, &closed) else {
            at = from + 1;
            continue;
        };
        let inner = written.get(reference.inner.clone()).unwrap_or("");
        at = match (reference.kind, inner.strip_prefix("shell ")) {
            (Reference::Name, Some(command)) => {
                found.push(text.part(reference.inner.end - command.len()..reference.inner.end));
                reference.whole.end
            }
            (Reference::Name, None) => reference.inner.start,
            (Reference::Dollar, _) => reference.whole.end,
        };
    }
    found
}

/// The arguments of a function, from an offset on.
pub(super) fn split(text: &Excerpt, from: usize) -> Vec<Excerpt> {
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

/// The next `$` from an offset on.
fn dollar(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    memchr::memchr(b'$', rest).map(|found| at + found)
}

/// What the `$` at an offset begins; `None` where it is not closed, or begins nothing.
fn reference(text: &str, from: usize, closed: &HashMap<usize, usize>) -> Option<Found> {
    let c = text.get(from + 1..)?.chars().next()?;
    let (kind, whole, inner) = match c {
        '$' => (Reference::Dollar, from..from + 2, from + 1..from + 2),
        '(' | '{' => {
            let end = *closed.get(&(from + 1))?;
            (Reference::Name, from..end + 1, from + 2..end)
        }
        c if c.is_whitespace() => return None,
        c => {
            let end = from + 1 + c.len_utf8();
            (Reference::Name, from..end, from + 1..end)
        }
    };
    Some(Found { kind, whole, inner })
}

/// Where each bracket behind a `$` is closed: brackets of the other kind do not count.
fn closings(text: &str) -> HashMap<usize, usize> {
    let bytes = text.as_bytes();
    let behind_dollar = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'$');
    let mut closed = HashMap::new();
    let (mut round, mut curly) = (Vec::new(), Vec::new());
    for (at, byte) in bytes.iter().enumerate() {
        let opened = match byte {
            b'(' => {
                round.push(at);
                None
            }
            b'{' => {
                curly.push(at);
                None
            }
            b')' => round.pop(),
            b'}' => curly.pop(),
            _ => None,
        };
        if let Some(opened) = opened.filter(|opened| behind_dollar(*opened)) {
            closed.insert(opened, at);
        }
    }
    closed
}
