//! The hole that stands for a choice, and what it is on each path.

use std::rc::Rc;

use super::fields::{Field, MAX_TOLD};
use super::names;
use super::value::{Bit, Frag, Options, Trail};
use crate::container::{FileId, Hole, Piece, PieceKind};
use crate::source::Span;

/// The engine that every path gives which gives anything: by its name where it is the same, else as one of
/// which the path tells the name.
pub(super) fn engine(runs: &[Vec<Field>], mut hole: Frag) -> Option<Frag> {
    // on a path that sets nothing, nothing is run
    let set = runs.iter().filter(|run| !run.is_empty());
    let engines: Vec<&'static str> = set.map(|run| names::engine_of_run(run)).collect::<Option<_>>()?;
    match engines.as_slice() {
        [first, rest @ ..] if *first != names::ANY_ENGINE && rest.iter().all(|e| e == first) => {
            hole.piece.text = (*first).to_owned();
            hole.piece.kind = PieceKind::Cooked;
        }
        // which engine it is depends on the path, but an engine it is
        _ => hole.piece.kind = PieceKind::Hole(Hole::Variable(names::ANY_ENGINE.to_owned())),
    }
    Some(hole)
}

/// The hole for a choice that no name stands for.
pub(super) fn unnamed(options: &[Vec<Bit>]) -> Frag {
    let first = options.iter().flatten().find_map(|bit| match bit {
        Bit::Frag(frag) => Some(frag.clone()),
        Bit::Choice(_) => None,
    });
    let (text, span, file, trail) = match first {
        Some(frag) => (frag.piece.text, frag.piece.span, frag.file, frag.trail),
        None => (String::new(), Span::default(), FileId::default(), Trail::default()),
    };
    Frag {
        piece: Piece {
            text,
            span,
            kind: PieceKind::Hole(Hole::Other),
        },
        file,
        trail,
        solid: true,
        options: None,
    }
}

/// What a hole for a choice within a word is on each path; `None` where there is too much to tell, or where it
/// would be split.
pub(super) fn options_of(options: &[Vec<Bit>], hole: &Frag, splits: bool) -> Options {
    if options.len() > MAX_TOLD {
        return None;
    }
    let mut told = Vec::new();
    for option in options {
        let mut frags = Vec::new();
        for bit in option {
            match bit {
                Bit::Frag(frag) if !splits || !frag.piece.text.contains([' ', '\t', '\n']) => frags.push(frag.clone()),
                _ => return None,
            }
        }
        // what the environment gives where no path sets it
        if frags.is_empty() {
            frags.push(hole.clone());
        }
        told.push(frags);
    }
    Some(Rc::new(told))
}
