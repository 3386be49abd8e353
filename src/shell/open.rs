//! Names that may have been given a value in a way that is not followed: what they held before is only
//! one of the values that they may have.

use std::rc::Rc;

use super::eval::Evaluator;
use super::fields::Token;
use super::value::{Bit, Element, Frag, Item, Trail, Value};
use crate::container::{FileId, Hole, Piece, PieceKind};
use crate::source::Span;

impl Evaluator<'_> {
    /// Says that a name may stand for anything from here on.
    pub(super) fn open_name(&mut self, name: &str) {
        if let Some(value) = self.scope.get(name) {
            let value = opened(name, value, self.file);
            self.scope.set(name, Some(value));
        }
    }

    /// Says that every name may stand for anything from here on.
    pub(super) fn open_all(&mut self) {
        let names = self.scope.names();
        self.work(names.len());
        names.iter().for_each(|name| self.open_name(name));
    }
}

/// A value after which anything may have been given in its place.
fn opened(name: &str, value: &Value, file: FileId) -> Value {
    let hole = || Frag {
        piece: Piece {
            text: format!("${name}"),
            span: Span::default(),
            kind: PieceKind::Hole(Hole::Variable(name.to_owned())),
        },
        file,
        trail: Trail::default(),
        solid: false,
        options: None,
    };
    match value {
        Value::Scalar(bits) if bits.is_empty() => Value::Lost { solid: false },
        Value::Scalar(bits) if bits.iter().any(|bit| is_of(bit, name)) => Value::Scalar(Rc::clone(bits)),
        Value::Scalar(bits) if gives_words(bits) => {
            let blank = Frag {
                piece: Piece {
                    text: " ".to_owned(),
                    span: Span::default(),
                    kind: PieceKind::Cooked,
                },
                solid: true,
                ..hole()
            };
            let known = match is_dashed(bits) {
                true => vec![Bit::Choice(Rc::new(vec![Vec::new(), bits.to_vec()]))],
                false => bits.iter().map(assumed_bit).collect(),
            };
            Value::scalar(known.into_iter().chain([Bit::Frag(blank), Bit::Frag(hole())]).collect())
        }
        Value::Scalar(bits) => Value::scalar(bits.iter().map(assumed_bit).collect()),
        Value::Array(items)
            if items
                .iter()
                .any(|item| matches!(item, Item::Rest(e) if e.bits.iter().any(|b| is_of(b, name)))) =>
        {
            Value::Array(Rc::clone(items))
        }
        Value::Array(items) => {
            let rest = || {
                Item::Rest(Element {
                    bits: Rc::new(vec![Bit::Frag(hole())]),
                    span: Span::default(),
                    file,
                    trail: Trail::default(),
                })
            };
            // between the words of a command and its first option, and behind all of it
            let option = |item: &Item| matches!(item, Item::One(e) if is_dashed(&e.bits));
            let first = items.iter().position(option);
            let at = first.unwrap_or(items.len());
            let (before, after) = items.split_at(at);
            let mut all = before.to_vec();
            all.push(rest());
            all.extend(after.iter().cloned());
            if !after.is_empty() {
                all.push(rest());
            }
            Value::Array(Rc::new(all))
        }
        Value::Lost { .. } => Value::Lost { solid: false },
    }
}

/// True for a value that gives options, or several words: another value may give more of them.
fn gives_words(bits: &[Bit]) -> bool {
    let several = |bit: &Bit| match bit {
        Bit::Frag(frag) => !frag.piece.is_hole() && frag.piece.text.trim().contains([' ', '\t', '\n']),
        Bit::Choice(options) => !options.iter().all(|option| is_one_word(option)),
    };
    is_dashed(bits) || bits.iter().any(several)
}

/// True for one word that is no option, on every path.
fn is_one_word(bits: &[Bit]) -> bool {
    match bits {
        [Bit::Frag(_)] => !gives_words(bits),
        [Bit::Choice(options)] => options.iter().all(|option| is_one_word(option)),
        _ => false,
    }
}

fn is_dashed(bits: &[Bit]) -> bool {
    matches!(bits.first(), Some(Bit::Frag(f)) if !f.piece.is_hole() && f.piece.text.trim_start().starts_with('-'))
}

/// True for the hole of a name that is open already.
fn is_of(bit: &Bit, name: &str) -> bool {
    let Bit::Frag(frag) = bit else { return false };
    frag.piece.span == Span::default() && matches!(&frag.piece.kind, PieceKind::Hole(Hole::Variable(n)) if n == name)
}

/// A part of a value that may be another one.
pub(super) fn assumed_bit(bit: &Bit) -> Bit {
    match bit {
        Bit::Frag(frag) if !frag.piece.is_hole() => {
            let mut frag = frag.clone();
            frag.piece.kind = PieceKind::Assumed;
            Bit::Frag(frag)
        }
        Bit::Frag(frag) => Bit::Frag(frag.clone()),
        Bit::Choice(options) => {
            let options = options.iter().map(|run| run.iter().map(assumed_bit).collect());
            Bit::Choice(Rc::new(options.collect()))
        }
    }
}

/// The same of a part of a word.
pub(super) fn assumed_token(token: Token) -> Token {
    match token {
        Token::Bit { bit, splits, by } => Token::Bit {
            bit: assumed_bit(&bit),
            splits,
            by,
        },
        other => other,
    }
}

/// True where some of a value may be another.
pub(super) fn is_assumed(bits: &[Bit]) -> bool {
    bits.iter().any(|bit| match bit {
        Bit::Frag(frag) => frag.piece.kind == PieceKind::Assumed,
        Bit::Choice(options) => options.iter().any(|run| is_assumed(run)),
    })
}
