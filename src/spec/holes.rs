//! What the writing of a hole suggests about its value: `$IMAGE` is an image, `$OPTS` are options.

use crate::container::{Piece, Text};

/// True when nothing of the text is known, and something is written.
pub(super) fn all_hole(text: &Text) -> bool {
    !text.is_empty() && text.pieces().iter().all(Piece::is_hole)
}

/// True when a hole of the text is written with one of the words in it, in any case.
pub(super) fn mentions(text: &Text, words: &[&str]) -> bool {
    text.pieces().iter().filter(|p| p.is_hole()).any(|p| {
        let written = p.text.to_ascii_uppercase();
        words.iter().any(|word| written.contains(word))
    })
}

/// True when the text ends with a hole.
pub(super) fn ends_open(text: &Text) -> bool {
    text.pieces().last().is_some_and(Piece::is_hole)
}
