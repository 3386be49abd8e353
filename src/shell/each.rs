//! Commands that are run once for each of many words: `find -exec`, `xargs -I {}`, `parallel`.

use super::fields::Field;
use super::value::Frag;
use crate::container::{Hole, PieceKind};

/// Commands that one `find` runs.
const MAX_COMMANDS: usize = 16;

/// The words of a command without those that `parallel` hands to it one by one: `::: a b`.
pub(super) fn without_inputs(mut fields: Vec<(usize, Field)>) -> Vec<(usize, Field)> {
    let named = |field: &Field, names: &[&str]| field.known().is_some_and(|word| names.contains(&word.as_str()));
    let starts = fields.iter().position(|(_, f)| named(f, &["parallel"]));
    let Some(starts) = starts else { return fields };
    let ends = fields
        .iter()
        .skip(starts)
        .position(|(_, f)| named(f, &[":::", "::::", ":::+", "::::+"]));
    if let Some(ends) = ends {
        fields.truncate(starts + ends);
    }
    fields
}

/// The commands that `find` runs, its `{}` as words that nobody can see.
pub(super) fn of_find(fields: &[(usize, Field)]) -> Vec<Vec<(usize, Field)>> {
    let mut commands = Vec::new();
    let mut open: Option<Vec<(usize, Field)>> = None;
    for (index, field) in fields {
        let known = field.known();
        match (&mut open, known.as_deref()) {
            (None, Some("-exec" | "-execdir" | "-ok" | "-okdir")) => open = Some(Vec::new()),
            (Some(_), Some(";" | "+")) => {
                commands.extend(open.take());
                if commands.len() >= MAX_COMMANDS {
                    return commands;
                }
            }
            (Some(words), _) => words.push((*index, filled(field.clone(), "{}"))),
            (None, _) => {}
        }
    }
    commands.extend(open);
    commands
}

/// A field in which what stands for unknown words is a hole.
pub(super) fn filled(mut field: Field, stands_in: &str) -> Field {
    let holds = |f: &Frag| !f.piece.is_hole() && f.piece.text.contains(stands_in);
    if stands_in.is_empty() || !field.frags.iter().any(holds) {
        return field;
    }
    let mut frags = Vec::new();
    for frag in field.frags {
        if !holds(&frag) {
            frags.push(frag);
            continue;
        }
        let mut from = 0;
        let part = |from: usize, to: usize, hole: bool| {
            let mut part = frag.clone();
            part.piece = frag.piece.cut(from, frag.piece.text.get(from..to).unwrap_or(""));
            if hole {
                part.piece.kind = PieceKind::Hole(Hole::Other);
                part.solid = true;
            }
            part
        };
        for (at, _) in frag.piece.text.match_indices(stands_in) {
            if at > from {
                frags.push(part(from, at, false));
            }
            from = at + stands_in.len();
            frags.push(part(at, from, true));
        }
        if from < frag.piece.text.len() {
            frags.push(part(from, frag.piece.text.len(), false));
        }
    }
    field.frags = frags;
    field.element = None;
    field
}

/// Pieces without the first `skip` bytes of what is known.
pub(super) fn after(frags: &[Frag], mut skip: usize) -> Vec<Frag> {
    let mut out = Vec::new();
    for frag in frags {
        let text = &frag.piece.text;
        if skip == 0 || frag.piece.is_hole() {
            skip = 0;
            out.push(frag.clone());
        } else if skip >= text.len() {
            skip -= text.len();
        } else {
            let mut rest = frag.clone();
            rest.piece = frag.piece.cut(skip, text.get(skip..).unwrap_or(""));
            skip = 0;
            out.push(rest);
        }
    }
    out
}
