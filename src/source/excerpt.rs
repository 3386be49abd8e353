//! A document inside a document: a heredoc's body, a Dockerfile `RUN`, a shell string in YAML.

use super::Span;

/// Text taken out of an outer file, with the way back for every byte that was copied unchanged.
///
/// Bytes that have no single byte behind them (a decoded escape, an indentation that YAML folded)
/// lie in no piece: a span that starts or ends there has no outer span, and an edit there is refused.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    text: String,
    pieces: Vec<Piece>,
}

/// A run of bytes that stands unchanged in the outer file.
#[derive(Clone, Copy, Debug)]
struct Piece {
    inner: u32,
    outer: u32,
    len: u32,
}

impl Excerpt {
    /// An excerpt with nothing in it yet.
    pub fn new() -> Excerpt {
        Excerpt::default()
    }

    /// The whole of `text`, standing at byte `outer` of its file.
    pub fn verbatim(text: &str, outer: usize) -> Excerpt {
        let mut excerpt = Excerpt::new();
        excerpt.copy(text, outer);
        excerpt
    }

    /// Appends text that stands byte for byte at `outer`.
    pub fn copy(&mut self, text: &str, outer: usize) {
        if text.is_empty() {
            return;
        }
        let inner = Span::at(self.text.len()).start;
        let span = Span::new(outer, outer + text.len());
        self.text.push_str(text);
        if let Some(last) = self.pieces.last_mut()
            && last.inner + last.len == inner
            && last.outer + last.len == span.start
        {
            last.len += span.end - span.start;
            return;
        }
        self.pieces.push(Piece {
            inner,
            outer: span.start,
            len: span.end - span.start,
        });
    }

    /// Appends text that stands nowhere in the outer file as it is read here.
    pub fn made(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends another excerpt of the same outer file.
    pub fn append(&mut self, other: &Excerpt) {
        let at = Span::at(self.text.len()).start;
        self.text.push_str(&other.text);
        self.pieces.extend(other.pieces.iter().map(|piece| Piece {
            inner: piece.inner + at,
            ..*piece
        }));
    }

    /// The part of it at a range of bytes; an empty one for a range that is not of its text.
    pub fn part(&self, range: std::ops::Range<usize>) -> Excerpt {
        let Some(text) = self.text.get(range.clone()) else {
            return Excerpt::new();
        };
        let cut = Span::new(range.start, range.end);
        let first = self.pieces.partition_point(|p| p.inner + p.len <= cut.start);
        let pieces = self.pieces.iter().skip(first).take_while(|p| p.inner < cut.end);
        let clipped = pieces.map(|p| {
            let (start, end) = (p.inner.max(cut.start), (p.inner + p.len).min(cut.end));
            Piece {
                inner: start - cut.start,
                outer: p.outer + (start - p.inner),
                len: end - start,
            }
        });
        Excerpt {
            text: text.to_owned(),
            pieces: clipped.collect(),
        }
    }

    /// The text to read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a span of the excerpt stands in the outer file: from the outer place of its first byte
    /// to that of its end. `None` when either has no byte of its own there, or the order is lost.
    pub fn outer(&self, span: Span) -> Option<Span> {
        let start = self.outer_start(span.start)?;
        let end = if span.is_empty() {
            start
        } else {
            self.outer_end(span.end)?
        };
        (start <= end).then_some(Span { start, end })
    }

    /// Like [`Excerpt::outer`], but with every byte between them standing unchanged in the outer file:
    /// what an edit needs.
    pub fn outer_exact(&self, span: Span) -> Option<Span> {
        let outer = self.outer(span)?;
        (outer.len() == span.len()).then_some(outer)
    }

    /// The outer place of an offset, leaning on the nearest copied byte: for pointing, never for editing.
    pub fn outer_near(&self, offset: u32) -> u32 {
        let i = self.pieces.partition_point(|p| p.inner <= offset);
        match i.checked_sub(1).and_then(|i| self.pieces.get(i)) {
            Some(p) => p.outer + (offset - p.inner).min(p.len),
            None => self.pieces.first().map_or(0, |p| p.outer),
        }
    }

    /// The outer span for pointing at: exact where it can be, the nearest copied bytes elsewhere.
    pub fn outer_span_near(&self, span: Span) -> Span {
        self.outer(span).unwrap_or_else(|| {
            let start = self.outer_near(span.start);
            Span {
                start,
                end: self.outer_near(span.end).max(start),
            }
        })
    }

    /// Where the byte at an offset stands in the outer file; `None` where it has no byte of its own there.
    pub fn outer_byte(&self, offset: u32) -> Option<u32> {
        let i = self.pieces.partition_point(|p| p.inner <= offset).checked_sub(1)?;
        let p = self.pieces.get(i)?;
        (offset - p.inner < p.len).then(|| p.outer + (offset - p.inner))
    }

    fn outer_start(&self, offset: u32) -> Option<u32> {
        let i = self.pieces.partition_point(|p| p.inner <= offset).checked_sub(1)?;
        let p = self.pieces.get(i)?;
        (offset - p.inner <= p.len).then(|| p.outer + (offset - p.inner))
    }

    fn outer_end(&self, offset: u32) -> Option<u32> {
        let i = self.pieces.partition_point(|p| p.inner < offset).checked_sub(1)?;
        let p = self.pieces.get(i)?;
        (offset - p.inner <= p.len).then(|| p.outer + (offset - p.inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_map_out_through_a_removed_indentation() {
        // outer: "  ab\n  cd\n", the excerpt drops the indentation
        let mut excerpt = Excerpt::new();
        excerpt.copy("ab\n", 2);
        excerpt.copy("cd\n", 7);
        assert_eq!(excerpt.text(), "ab\ncd\n");
        assert_eq!(excerpt.outer(Span::new(3, 5)), Some(Span::new(7, 9)));
        assert_eq!(excerpt.outer(Span::new(0, 5)), Some(Span::new(2, 9)));
        assert_eq!(excerpt.outer_exact(Span::new(0, 5)), None);
        assert_eq!(excerpt.outer_exact(Span::new(3, 4)), Some(Span::new(7, 8)));
    }

    #[test]
    fn made_bytes_have_no_outer_place() {
        let mut excerpt = Excerpt::new();
        excerpt.copy("a", 5);
        excerpt.made("\n\n");
        excerpt.copy("b", 9);
        assert_eq!(excerpt.outer(Span::new(2, 3)), None);
        assert_eq!(excerpt.outer(Span::new(3, 4)), Some(Span::new(9, 10)));
    }
}
