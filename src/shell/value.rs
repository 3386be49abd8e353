//! What a variable may hold, with the way each piece of it came.

use std::rc::Rc;

use crate::container::{FileId, Hole, Piece, PieceKind, Via, ViaKind};
use crate::source::Span;

/// Pieces that a value may have; a longer one is given up.
pub(super) const MAX_PIECES: usize = 1500;
/// Bytes that a value may have.
pub(super) const MAX_VALUE: usize = 64 << 10;
/// Steps of a way that are kept.
const MAX_STEPS: u8 = 12;

/// The way a piece came, the nearest step to the container first.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail(Option<Rc<Step>>);

#[derive(Debug)]
struct Step {
    via: Via,
    rest: Trail,
    length: u8,
}

impl Trail {
    /// The trail with one step more at its near end.
    pub(super) fn by(&self, via: Via) -> Trail {
        let length = self.0.as_ref().map_or(0, |s| s.length);
        if length >= MAX_STEPS {
            return self.clone();
        }
        Trail(Some(Rc::new(Step {
            via,
            rest: self.clone(),
            length: length + 1,
        })))
    }

    pub(super) fn first(&self) -> Option<&Via> {
        self.0.as_ref().map(|s| &s.via)
    }

    pub(super) fn rest(&self) -> Option<&Trail> {
        self.0.as_ref().map(|s| &s.rest)
    }

    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |s| usize::from(s.length))
    }

    /// The steps, as the model keeps them.
    pub(super) fn steps(&self) -> Vec<Via> {
        let mut out = Vec::new();
        let mut at = self;
        while let Some(step) = &at.0 {
            out.push(step.via.clone());
            at = &step.rest;
        }
        out
    }

    /// The rest after `count` steps.
    pub(super) fn skip(&self, count: usize) -> Trail {
        let mut at = self.clone();
        for _ in 0..count {
            match at.rest().cloned() {
                Some(rest) => at = rest,
                None => break,
            }
        }
        at
    }

    /// How many near steps two ways share.
    pub(super) fn shared(&self, other: &Trail) -> usize {
        let (mut a, mut b) = (self, other);
        let mut count = 0;
        while let (Some(x), Some(y)) = (&a.0, &b.0) {
            if !Rc::ptr_eq(x, y) && x.via != y.via {
                break;
            }
            count += 1;
            a = &x.rest;
            b = &y.rest;
        }
        count
    }

    pub(super) fn same(&self, other: &Trail) -> bool {
        self.len() == other.len() && self.shared(other) == self.len()
    }
}

/// A piece of a value.
#[derive(Clone, Debug)]
pub(super) struct Frag {
    pub(super) piece: Piece,
    pub(super) file: FileId,
    pub(super) trail: Trail,
    /// A hole that is one word whatever it holds, such as `$(pwd)`.
    pub(super) solid: bool,
    /// For a hole that stands for a choice: what it is on each path.
    pub(super) options: Options,
}

/// What a hole is on each path, where that is known.
pub(super) type Options = Option<Rc<Vec<Vec<Frag>>>>;

impl Frag {
    /// True for a piece that a variable held of which a name tells what it is.
    pub(super) fn held_by(&self, tells: impl Fn(&str) -> bool) -> bool {
        let steps = self.trail.steps();
        steps
            .iter()
            .any(|via| via.kind == ViaKind::Variable && tells(&via.name))
    }

    /// True when both are the same bytes, by whatever way they came: `OPTS="$OPTS x"` begins with what it was.
    fn same(&self, other: &Frag) -> bool {
        let (a, b) = (&self.piece, &other.piece);
        let assumed = |piece: &Piece| piece.kind == PieceKind::Assumed;
        // a value that is sure on one path only is the same value
        let same = a == b
            || (assumed(a) != assumed(b) && a.text == b.text && a.span == b.span && !a.is_hole() && !b.is_hole());
        same && self.file == other.file
    }
}

/// A part of a value: a piece, or a choice between several runs of parts.
#[derive(Clone, Debug)]
pub(super) enum Bit {
    Frag(Frag),
    /// Which of them it is depends on the path through the script.
    Choice(Rc<Vec<Vec<Bit>>>),
}

impl Bit {
    pub(super) fn same(&self, other: &Bit) -> bool {
        match (self, other) {
            (Bit::Frag(a), Bit::Frag(b)) => a.same(b),
            (Bit::Choice(a), Bit::Choice(b)) => {
                Rc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| same_bits(x, y)))
            }
            _ => false,
        }
    }
}

pub(super) fn same_bits(a: &[Bit], b: &[Bit]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same(y))
}

/// Number of pieces and of bytes.
pub(super) fn size(bits: &[Bit]) -> (usize, usize) {
    let mut pieces = 0;
    let mut bytes = 0;
    for bit in bits {
        match bit {
            Bit::Frag(frag) => {
                pieces += 1;
                bytes += frag.piece.text.len();
            }
            Bit::Choice(options) => {
                for option in options.iter() {
                    let (p, b) = size(option);
                    pieces += p + 1;
                    bytes += b;
                }
            }
        }
    }
    (pieces, bytes)
}

/// The value as text, if there is no hole and no choice in it.
pub(super) fn known(bits: &[Bit]) -> Option<String> {
    let mut out = String::new();
    for bit in bits {
        match bit {
            Bit::Frag(frag) if !frag.piece.is_hole() => out.push_str(&frag.piece.text),
            _ => return None,
        }
    }
    Some(out)
}

/// The hole that a value wholly is.
pub(super) fn only_hole(bits: &[Bit]) -> Option<&Hole> {
    match bits {
        [Bit::Frag(Frag { piece, .. })] => match &piece.kind {
            PieceKind::Hole(hole) => Some(hole),
            _ => None,
        },
        _ => None,
    }
}

/// Every piece with a step added at its near end.
pub(super) fn by(bits: &[Bit], via: &Via) -> Vec<Bit> {
    let mut last: Option<(Trail, Trail)> = None;
    step(bits, via, &mut last)
}

fn step(bits: &[Bit], via: &Via, last: &mut Option<(Trail, Trail)>) -> Vec<Bit> {
    bits.iter()
        .map(|bit| match bit {
            Bit::Frag(frag) => {
                let trail = match last {
                    Some((from, to)) if from.same(&frag.trail) => to.clone(),
                    _ => {
                        let to = frag.trail.by(via.clone());
                        *last = Some((frag.trail.clone(), to.clone()));
                        to
                    }
                };
                Bit::Frag(Frag { trail, ..frag.clone() })
            }
            Bit::Choice(options) => Bit::Choice(Rc::new(options.iter().map(|o| step(o, via, last)).collect())),
        })
        .collect()
}

/// An element of an array or of the parameters.
#[derive(Clone, Debug)]
pub(super) enum Item {
    One(Element),
    /// Which of the runs it is depends on the path.
    Choice(Rc<Vec<Vec<Item>>>),
    /// Any number of elements, of which nothing is known.
    Rest(Element),
}

/// One element, and the word it is written as.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) bits: Rc<Vec<Bit>>,
    /// The word, quotes included.
    pub(super) span: Span,
    pub(super) file: FileId,
    pub(super) trail: Trail,
}

impl Element {
    fn same(&self, other: &Element) -> bool {
        self.span == other.span && self.file == other.file && same_bits(&self.bits, &other.bits)
    }

    pub(super) fn by(&self, via: &Via) -> Element {
        Element {
            bits: Rc::new(by(&self.bits, via)),
            trail: self.trail.by(via.clone()),
            ..self.clone()
        }
    }
}

impl Item {
    pub(super) fn same(&self, other: &Item) -> bool {
        match (self, other) {
            (Item::One(a), Item::One(b)) | (Item::Rest(a), Item::Rest(b)) => a.same(b),
            (Item::Choice(a), Item::Choice(b)) => {
                Rc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| same_items(x, y)))
            }
            _ => false,
        }
    }

    pub(super) fn by(&self, via: &Via) -> Item {
        match self {
            Item::One(e) => Item::One(e.by(via)),
            Item::Rest(e) => Item::Rest(e.by(via)),
            Item::Choice(options) => Item::Choice(Rc::new(
                options.iter().map(|o| o.iter().map(|i| i.by(via)).collect()).collect(),
            )),
        }
    }
}

pub(super) fn same_items(a: &[Item], b: &[Item]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same(y))
}

/// Number of elements, those of all choices counted.
pub(super) fn count(items: &[Item]) -> usize {
    items
        .iter()
        .map(|item| match item {
            Item::Choice(options) => 1 + options.iter().map(|o| count(o)).sum::<usize>(),
            Item::One(e) | Item::Rest(e) => 1 + e.bits.len() / 8,
        })
        .sum()
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A string.
    Scalar(Rc<Vec<Bit>>),
    /// An indexed array, or the parameters.
    Array(Rc<Vec<Item>>),
    /// Set to something that cannot be followed; one word where `solid`.
    Lost { solid: bool },
}

impl Value {
    pub(super) fn scalar(bits: Vec<Bit>) -> Value {
        Value::Scalar(Rc::new(bits))
    }

    pub(super) fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Scalar(a), Value::Scalar(b)) => Rc::ptr_eq(a, b) || same_bits(a, b),
            (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b) || same_items(a, b),
            (Value::Lost { solid: a }, Value::Lost { solid: b }) => a == b,
            _ => false,
        }
    }
}
