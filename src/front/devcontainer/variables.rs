//! `${localEnv:HOME}`, `${localWorkspaceFolder}`: filled in when the container is made.

use crate::container::{Hole, PieceKind, Text};

/// A text with its variables as holes.
pub(super) fn opened(text: &Text) -> Text {
    let mut out = Text::new();
    for piece in text.pieces() {
        let written = piece.text.as_str();
        let mut done = 0;
        while let Some(from) = written.get(done..).and_then(|rest| rest.find("${")).map(|n| done + n)
            && let Some(len) = written.get(from..).and_then(|rest| rest.find('}'))
        {
            let to = from + len + 1;
            push(piece, done..from, piece.kind.clone(), &mut out);
            let name = written.get(from + 2..to - 1).unwrap_or("");
            push(piece, from..to, PieceKind::Hole(hole(name)), &mut out);
            done = to;
        }
        push(piece, done..written.len(), piece.kind.clone(), &mut out);
    }
    out
}

fn push(piece: &crate::container::Piece, range: std::ops::Range<usize>, kind: PieceKind, out: &mut Text) {
    let Some(part) = piece.text.get(range.clone()).filter(|part| !part.is_empty()) else {
        return;
    };
    let span = match piece.kind {
        PieceKind::Literal => {
            let start = piece.span.start as usize + range.start;
            crate::source::Span::new(start, start + part.len())
        }
        _ => piece.span,
    };
    out.push(part.to_owned(), span, kind);
}

/// What is known of a variable.
fn hole(name: &str) -> Hole {
    match name {
        "localWorkspaceFolder" => Hole::WorkingDirectory,
        "localEnv:HOME" | "env:HOME" => Hole::Home,
        other => Hole::Variable(other.to_owned()),
    }
}
