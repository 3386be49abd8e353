//! The text that is handed over, put together from what is known of it.

use super::{Gap, Handed};
use crate::container::{FileId, Hole, PieceKind, Via};
use crate::shell::names;
use crate::shell::value::{Bit, Frag, Trail};
use crate::source::Span;

/// A part of a text before it is put together.
struct Part {
    text: String,
    /// Where it stands byte for byte.
    outer: Option<usize>,
    gap: Option<Gap>,
    /// Whoever runs the script may give another.
    assumed: bool,
}

/// Puts a text together; `open` leaves every variable open. Gives also the place that it is known by.
/// `None` for a text that does not stand in the command itself.
pub(super) fn assemble(bits: &[Bit], file: FileId, open: bool, mut handed: Handed) -> Option<(u32, Handed)> {
    let mut parts: Vec<Part> = Vec::new();
    let mut count = 0;
    let mut place = None;
    let mut last: Option<Via> = None;
    let mut gap = |parts: &mut Vec<Part>, text: String, span: Span, hole: Hole, name: String| {
        let number = count;
        count += 1;
        parts.push(Part {
            text: format!("${{privlint_gap_{number}{name}}}"),
            outer: None,
            assumed: false,
            gap: Some(Gap {
                text,
                span,
                hole,
                number,
            }),
        });
    };
    for bit in bits {
        match bit {
            Bit::Frag(frag) => {
                let step = frag.trail.first();
                if frag.piece.is_hole() || (open && step.is_some()) {
                    if open && step.is_some() && step == last.as_ref() {
                        continue; // one variable of several pieces
                    }
                    let (text, span) = match step {
                        Some(via) => (format!("${{{}}}", via.name), via.span),
                        None => (frag.piece.text.clone(), frag.piece.span),
                    };
                    let hole = match &frag.piece.kind {
                        PieceKind::Hole(hole) if !open || step.is_none() => hole.clone(),
                        _ => Hole::Variable(step.map_or_else(String::new, |via| via.name.clone())),
                    };
                    last = step.cloned();
                    let name = looked_up(frag).unwrap_or_else(|| named(&text));
                    gap(&mut parts, text, span, hole, name);
                    continue;
                }
                last = None;
                let here = frag.piece.kind == PieceKind::Literal && frag.trail.len() == 0 && frag.file == file;
                if here && place.is_none() {
                    place = Some(frag.piece.span.start);
                }
                parts.push(Part {
                    text: frag.piece.text.clone(),
                    outer: here.then_some(frag.piece.span.start as usize),
                    gap: None,
                    assumed: frag.piece.kind == PieceKind::Assumed,
                });
            }
            Bit::Choice(options) => {
                let first = options.iter().flatten().find_map(|bit| match bit {
                    Bit::Frag(frag) => Some(frag),
                    Bit::Choice(_) => None,
                });
                let (text, span) = first.map_or_else(|| ("…".to_owned(), Span::default()), used);
                last = None;
                let name = match options
                    .iter()
                    .all(|option| matches!(option.as_slice(), [Bit::Frag(frag)] if is_engine(frag)))
                {
                    true => format!("_{}", names::ANY_ENGINE),
                    false => named(&text),
                };
                gap(&mut parts, text, span, Hole::Other, name);
            }
        }
    }
    let alone = alone_on_their_lines(&parts);
    for (part, alone) in parts.into_iter().zip(alone) {
        let start = handed.excerpt.text().len();
        if part.assumed {
            handed.assumed.push(Span::new(start, start + part.text.len()));
        }
        match (part.gap, part.outer) {
            (Some(gap), _) if alone => {
                handed.left_out.push((Span::at(handed.excerpt.text().len()).start, gap));
            }
            (Some(gap), _) => {
                handed.gaps.push(gap);
                handed.excerpt.made(&part.text);
            }
            (None, Some(outer)) => handed.excerpt.copy(&part.text, outer),
            (None, None) => handed.excerpt.made(&part.text),
        }
    }
    note_prefixes(&mut handed);
    Some((place?, handed))
}

/// The name of a variable, to stand behind the number of its gap: what it is called tells what it may be.
fn named(written: &str) -> String {
    let name = written.trim_start_matches(['$', '{']);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(name.len());
    match name.get(..end) {
        Some(name) if !name.is_empty() && written.starts_with('$') => format!("_{name}"),
        _ => String::new(),
    }
}

/// The name of what holds an engine, which its variable need not tell: `RUN=$(which podman)`.
fn looked_up(frag: &Frag) -> Option<String> {
    let PieceKind::Hole(hole) = &frag.piece.kind else {
        return None;
    };
    let each = |option: &Vec<Frag>| matches!(option.as_slice(), [only] if is_engine(only));
    let one_of = |options: &Vec<Vec<Frag>>| !options.is_empty() && options.iter().all(each);
    let any = matches!(hole, Hole::Variable(name) if name == names::ANY_ENGINE)
        || frag.options.as_ref().is_some_and(|options| one_of(options));
    match names::engine_looked_up(&frag.piece.text) {
        Some("podman") => Some("_PODMAN".to_owned()),
        engine => (any || engine.is_some()).then(|| format!("_{}", names::ANY_ENGINE)),
    }
}

/// True for a value that is an engine, by its name or as it was looked up.
fn is_engine(frag: &Frag) -> bool {
    names::engine(&frag.piece.text).is_some() || names::engine_looked_up(&frag.piece.text).is_some()
}

/// Notes gaps in front of a key with its value, or of an item: they may be a `#`, or nothing.
fn note_prefixes(handed: &mut Handed) {
    let mut found = Vec::new();
    let mut at = 0;
    for line in handed.excerpt.text().split_inclusive('\n') {
        if let Some(tail) = line.trim_start().strip_prefix("${privlint_gap_")
            && let Some((number, rest)) = tail.split_once('}')
            && ((!rest.starts_with(':') && rest.contains(": ")) || rest.trim_start().starts_with("- "))
            && let Ok(number) = number.split('_').next().unwrap_or("").parse::<usize>()
            && let Ok(nth) = handed.gaps.binary_search_by_key(&number, |gap| gap.number)
            && let Some(gap) = handed.gaps.get(nth)
        {
            found.push((Span::at(at).start, gap.clone()));
        }
        at += line.len();
    }
    handed.left_out.append(&mut found);
    handed.left_out.sort_by_key(|(offset, _)| *offset);
}

/// How a piece is written where it is used.
fn used(frag: &Frag) -> (String, Span) {
    let trail: &Trail = &frag.trail;
    match trail.first() {
        Some(via) => (format!("${{{}}}", via.name), via.span),
        None => ("…".to_owned(), frag.piece.span),
    }
}

/// For each part, whether it is a gap on a line where nothing but gaps and blanks stands: it may be
/// any number of lines.
fn alone_on_their_lines(parts: &[Part]) -> Vec<bool> {
    let mut alone = vec![false; parts.len()];
    let mut line: Vec<usize> = Vec::new();
    let mut blank = true;
    let mut settle = |line: &mut Vec<usize>, blank: bool| {
        for i in line.drain(..) {
            if let Some(slot) = alone.get_mut(i) {
                *slot = blank;
            }
        }
    };
    for (i, part) in parts.iter().enumerate() {
        if part.gap.is_some() {
            line.push(i);
            continue;
        }
        for (n, text) in part.text.split('\n').enumerate() {
            if n > 0 {
                settle(&mut line, blank);
                blank = true;
            }
            blank &= text.trim().is_empty();
        }
    }
    settle(&mut line, blank);
    alone
}
