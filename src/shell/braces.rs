//! Brace expansion of words whose braces are written out: `{a,b}`, `{1..3}`.

use super::tree::{Part, Word};
use crate::container::{Piece, PieceKind};

/// Numbers beyond this are not counted through.
const LARGEST: i64 = 1 << 40;
/// Words that one pair of braces may become.
const MAX_WORDS: usize = 32;

/// The words that the braces of a word give, and whether there are more of them; `None` where it has none.
pub(super) fn expand(word: &Word) -> Option<(Vec<Word>, bool)> {
    let (mut todo, mut more) = first(word)?;
    todo.reverse();
    let mut done = Vec::new();
    while let Some(word) = todo.pop() {
        let inner = first(&word);
        match inner {
            Some(_) if done.len() + todo.len() > MAX_WORDS => {
                more = true;
                done.push(word);
            }
            Some((words, cut)) => {
                more |= cut;
                todo.extend(words.into_iter().rev());
            }
            None => done.push(word),
        }
    }
    Some((done, more))
}

/// The words that the first braces of a word give.
fn first(word: &Word) -> Option<(Vec<Word>, bool)> {
    for (i, part) in word.parts.iter().enumerate() {
        let Part::Text {
            text,
            span,
            kind,
            quoted: false,
        } = part
        else {
            continue;
        };
        let Some((open, close, choices)) = braces(text) else {
            continue;
        };
        let piece = Piece {
            text: text.clone(),
            span: *span,
            kind: kind.clone(),
        };
        let text_part = |at: usize, body: &str, made: bool| {
            let piece = piece.cut(at, body);
            Part::Text {
                text: piece.text,
                span: piece.span,
                kind: if made { PieceKind::Cooked } else { piece.kind },
                quoted: false,
            }
        };
        let head = text.get(..open)?;
        let tail = text.get(close + 1..)?;
        let words = choices
            .iter()
            .take(MAX_WORDS)
            .map(|choice| {
                let mut parts: Vec<Part> = word.parts.iter().take(i).filter_map(copy).collect();
                parts.push(text_part(0, head, false));
                // the bytes of the word as a whole give the value: an edit cannot touch one choice
                parts.push(text_part(open, choice, true));
                parts.push(text_part(close + 1, tail, false));
                parts.extend(word.parts.iter().skip(i + 1).filter_map(copy));
                Word {
                    span: word.span,
                    parts,
                    quoted: word.quoted,
                }
            })
            .collect();
        // expansions inside the word would be evaluated once for each: only plain words are expanded
        let plain = word
            .parts
            .iter()
            .all(|p| matches!(p, Part::Text { .. } | Part::Home { .. }));
        return plain.then_some((words, choices.len() > MAX_WORDS));
    }
    None
}

fn copy(part: &Part) -> Option<Part> {
    match part {
        Part::Text {
            text,
            span,
            kind,
            quoted,
        } => Some(Part::Text {
            text: text.clone(),
            span: *span,
            kind: kind.clone(),
            quoted: *quoted,
        }),
        Part::Home { written, span } => Some(Part::Home {
            written: written.clone(),
            span: *span,
        }),
        _ => None,
    }
}

/// The first braces that expand: where they open and close, and what they give.
fn braces(text: &str) -> Option<(usize, usize, Vec<String>)> {
    let open = text.find('{')?;
    let rest = text.get(open + 1..)?;
    let length = rest.find('}')?;
    let inner = rest.get(..length)?;
    if inner.contains('{') {
        return None;
    }
    let close = open + 1 + length;
    if inner.contains(',') {
        return Some((open, close, inner.split(',').map(str::to_owned).collect()));
    }
    let (from, to) = inner.split_once("..")?;
    let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
    let most = MAX_WORDS as i64;
    let (from, to) = (from.clamp(-LARGEST, LARGEST), to.clamp(-LARGEST, LARGEST));
    let to = to.clamp(from - most, from + most);
    let numbers: Vec<String> = if from <= to {
        (from..=to).map(|n| n.to_string()).collect()
    } else {
        (to..=from).rev().map(|n| n.to_string()).collect()
    };
    Some((open, close, numbers))
}
