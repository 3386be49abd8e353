//! The text that is read, and what of it the reader has to know at every node.

use crate::source::{Excerpt, Span};

/// How deep statements and words may nest.
pub(super) const MAX_DEPTH: u32 = 48;

/// The text being read, and the way to the outer file.
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) outer: Option<&'a Excerpt>,
}

impl Document<'_> {
    /// The bytes from `start` to `end`; empty where they are no characters.
    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or("")
    }

    /// Where they stand in the outer file, for pointing at.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let span = Span::new(start, end);
        self.outer.map_or(span, |excerpt| excerpt.outer_span_near(span))
    }

    /// Where they stand byte for byte in the outer file.
    pub(super) fn exact(&self, start: usize, end: usize) -> Option<Span> {
        let span = Span::new(start, end);
        match self.outer {
            None => Some(span),
            Some(excerpt) => excerpt.outer_exact(span),
        }
    }
}

/// A heredoc that drops the tabs at the start of its lines.
pub(super) struct Tabs {
    /// Where its body begins.
    pub(super) from: usize,
    /// True where a backslash joins a line to the next one, whose tabs then stay.
    pub(super) joins: bool,
}

impl Tabs {
    /// True when a line of the body begins at an offset.
    pub(super) fn may_drop(&self, text: &str, at: usize) -> bool {
        let Some(before) = text.get(..at).filter(|_| at > self.from) else {
            return at == self.from;
        };
        let Some(line) = before.strip_suffix('\n') else {
            return false;
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        !self.joins || backslashes % 2 == 0
    }
}
