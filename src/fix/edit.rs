//! Edits of a text, and carrying them out.

use crate::container::FileId;
use crate::source::{Source, Span};

/// A replacement of some bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// The file that the span counts in.
    pub file: FileId,
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// True when any of the first edits touches any of the second: they cannot both be made in one round.
/// Edits that only meet at a border count as touching.
pub fn overlap(a: &[Edit], b: &[Edit]) -> bool {
    a.iter()
        .any(|x| b.iter().any(|y| x.file == y.file && x.span.touches(y.span)))
}

/// The text of a file after the edits that concern it. Equal edits are made once.
///
/// `None` when two different edits overlap, or an edit does not lie on character boundaries inside the text.
pub fn apply(source: &Source, file: FileId, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().filter(|e| e.file == file).collect();
    edits.sort();
    edits.dedup();
    let text = source.text();
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        out.push_str(text.get(at..range.start)?);
        text.get(range.clone())?;
        out.push_str(&edit.text);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            file: FileId(0),
            span: Span::new(start, end),
            text: text.into(),
        }
    }

    #[test]
    fn edits_are_made_in_order_and_once() {
        let source = Source::new("a", "abcd");
        let edits = [edit(2, 3, "X"), edit(0, 0, ">"), edit(2, 3, "X")];
        assert_eq!(apply(&source, FileId(0), &edits).as_deref(), Some(">abXd"));
    }

    #[test]
    fn overlapping_edits_are_refused() {
        let source = Source::new("a", "abcd");
        assert_eq!(apply(&source, FileId(0), &[edit(0, 3, ""), edit(2, 4, "")]), None);
        assert!(overlap(&[edit(0, 3, "")], &[edit(3, 3, "x")]));
    }
}
