//! The one line that an instruction makes once its continuations are joined.

use std::ops::Range;

use crate::container::{PieceKind, Text};
use crate::source::{Excerpt, Span};

/// An instruction's lines without their continuation characters, comments and blank lines, with the
/// way back to the file for every byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    text: String,
    runs: Vec<Run>,
}

/// What one line of the file gave.
#[derive(Clone, Copy, Debug)]
struct Run {
    inner: usize,
    outer: usize,
    len: usize,
    /// Bytes from the continuation character to the end of the line ending; the blanks between them.
    tail: Option<Tail>,
}

/// How a line was continued.
#[derive(Clone, Copy, Debug)]
struct Tail {
    /// Where the continuation character stands in the file.
    escape: usize,
    /// Where the line ending begins and ends.
    ending: (usize, usize),
}

impl Joined {
    /// Appends a line's text that stands at `outer`; the continuation that follows it, if any, is the
    /// character at `escape` and the line ending at `ending`.
    pub(super) fn push(&mut self, text: &str, outer: usize, continued: Option<(usize, Range<usize>)>) {
        self.runs.push(Run {
            inner: self.text.len(),
            outer,
            len: text.len(),
            tail: continued.map(|(escape, ending)| Tail {
                escape,
                ending: (ending.start, ending.end),
            }),
        });
        self.text.push_str(text);
    }

    /// The joined text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A part of the joined text; empty where the range does not fit.
    pub(super) fn part(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or("")
    }

    /// Where a part of the joined text stands in the file, from its first byte to its last.
    pub(super) fn outer(&self, range: &Range<usize>) -> Span {
        let start = self.outer_of(range.start);
        match range.end.checked_sub(1).filter(|_| range.end > range.start) {
            Some(last) => Span::new(start, self.outer_of(last) + 1),
            None => Span::at(start),
        }
    }

    /// The place in the file of the byte at an offset of the joined text; that of the end for an
    /// offset past the last byte.
    fn outer_of(&self, inner: usize) -> usize {
        // runs of no length share their offset with the next: the last of them holds the byte
        let after = self.runs.partition_point(|r| r.inner <= inner);
        match after.checked_sub(1).and_then(|i| self.runs.get(i)) {
            Some(run) => run.outer + (inner - run.inner).min(run.len),
            None => self.runs.first().map_or(0, |r| r.outer),
        }
    }

    /// Appends a part to a text, as literal pieces.
    pub(super) fn literal(&self, range: &Range<usize>, text: &mut Text) {
        for (run, part) in self.runs_of(range) {
            let outer = run.outer + (part.start - run.inner);
            let span = Span::new(outer, outer + part.len());
            text.push(self.part(&part).to_owned(), span, PieceKind::Literal);
        }
    }

    /// Appends a part to an excerpt that is read as shell, where the continuations stay what they
    /// are: an escape character before a line ending. Whatever else stands between the lines
    /// (comments, blank lines, blanks after the character) is left out.
    pub(super) fn excerpt(&self, range: &Range<usize>, file: &str, excerpt: &mut Excerpt) {
        for (run, part) in self.runs_of(range) {
            excerpt.copy(self.part(&part), run.outer + (part.start - run.inner));
            let ends_run = part.end == run.inner + run.len && part.end < range.end;
            let Some(tail) = run.tail.filter(|_| ends_run) else {
                continue;
            };
            match file.get(tail.escape..tail.escape + 1) {
                Some("\\") => excerpt.copy("\\", tail.escape),
                _ => excerpt.made("\\"),
            }
            if let Some(ending) = file.get(tail.ending.0..tail.ending.1) {
                excerpt.copy(ending, tail.ending.0);
            }
        }
    }

    /// The runs that a range touches, each with the part of the range in it.
    fn runs_of(&self, range: &Range<usize>) -> impl Iterator<Item = (Run, Range<usize>)> {
        let range = range.clone();
        let first = self.runs.partition_point(|r| r.inner + r.len <= range.start);
        self.runs
            .iter()
            .skip(first)
            .take_while({
                let end = range.end;
                move |r| r.inner < end
            })
            .map(move |r| (*r, range.start.max(r.inner)..range.end.min(r.inner + r.len)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // `RUN a \⏎# c⏎ b`
    const FILE: &str = "RUN a \\\n# c\n b";

    fn joined() -> Joined {
        let mut joined = Joined::default();
        joined.push("RUN a ", 0, Some((6, 7..8)));
        joined.push(" b", 12, None);
        joined
    }

    #[test]
    fn parts_map_back_over_the_seam() {
        let joined = joined();
        assert_eq!(joined.text(), "RUN a  b");
        assert_eq!(joined.outer(&(4..8)), Span::new(4, 14));
        assert_eq!(joined.outer(&(7..8)), Span::new(13, 14));
        assert_eq!(joined.outer(&(8..8)), Span::at(14));
        let mut text = Text::new();
        joined.literal(&(4..8), &mut text);
        assert_eq!(text.shown(), "a  b");
        assert_eq!(text.pieces().len(), 2);
    }

    #[test]
    fn shell_keeps_its_continuations_and_loses_the_comments() {
        let mut excerpt = Excerpt::new();
        joined().excerpt(&(4..8), FILE, &mut excerpt);
        assert_eq!(excerpt.text(), "a \\\n b");
        assert_eq!(excerpt.outer(Span::new(5, 6)), Some(Span::new(13, 14)));
        // an edit over the comment that was left out is not possible
        assert_eq!(excerpt.outer_exact(Span::new(1, 6)), None);
    }
}
