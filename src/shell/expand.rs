//! Words to the fields a program would get, as bash expands and splits them.

use std::rc::Rc;

use super::eval::Evaluator;
use super::names;
use super::tree::{Part, Word};
use super::value::{Bit, Element, Frag, Item, Trail};
use crate::container::{FileId, Hole, Piece, PieceKind, Text};
use crate::source::Span;
use crate::spec;

/// Fields that one word may become.
const MAX_FIELDS: usize = 400;

/// Where a value is used, for the hole that stands for a choice.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) written: String,
    pub(super) span: Span,
    pub(super) file: FileId,
}

impl Use {
    /// The hole that stands for the value.
    pub(super) fn hole(&self, solid: bool) -> Frag {
        let hole = if self.name.is_empty() {
            Hole::Other
        } else {
            Hole::Variable(self.name.clone())
        };
        Frag {
            piece: Piece {
                text: self.written.clone(),
                span: self.span,
                kind: PieceKind::Hole(hole),
            },
            file: self.file,
            trail: Trail::default(),
            solid,
        }
    }
}

/// What a word is made of, before it is split.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// A part of a value; `splits` where blanks in it end the field.
    Bit {
        bit: Bit,
        splits: bool,
        by: Option<Rc<Use>>,
    },
    /// An element of a list, a field of its own.
    Element { element: Element, splits: bool },
    /// One of several runs of elements.
    Elements {
        options: Rc<Vec<Vec<Item>>>,
        splits: bool,
        by: Rc<Use>,
    },
    /// Any number of fields, of which nothing is known.
    Rest(Element),
    /// Quotes: the field is there even if nothing is in it.
    Quotes,
}

/// A field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) frags: Vec<Frag>,
    pub(super) certain: bool,
    pub(super) splits: bool,
    /// The element that the field wholly is.
    pub(super) element: Option<Element>,
}

impl Field {
    /// The value, if all of it is known.
    pub(super) fn known(&self) -> Option<String> {
        let mut out = String::new();
        for frag in &self.frags {
            if frag.piece.is_hole() {
                return None;
            }
            out.push_str(&frag.piece.text);
        }
        Some(out)
    }

    fn begins_with_dash(&self) -> bool {
        self.frags
            .first()
            .is_some_and(|f| !f.piece.is_hole() && f.piece.text.starts_with('-'))
    }

    /// The field as a list element, written as `span`.
    pub(super) fn element(&self, span: Span, file: FileId) -> Element {
        self.element.clone().unwrap_or_else(|| Element {
            bits: Rc::new(self.frags.iter().cloned().map(Bit::Frag).collect()),
            span,
            file,
            trail: Trail::default(),
        })
    }
}

#[derive(Default)]
struct Fields {
    done: Vec<Field>,
    frags: Vec<Frag>,
    open: bool,
    loose: bool,
    element: Option<Element>,
}

impl Fields {
    fn finish(&mut self) {
        if self.open || !self.frags.is_empty() {
            let frags = std::mem::take(&mut self.frags);
            let splits = self.loose && frags.iter().all(|f| f.piece.is_hole());
            if self.done.len() < MAX_FIELDS {
                self.done.push(Field {
                    frags,
                    certain: true,
                    splits,
                    element: self.element.take(),
                });
            }
        }
        self.open = false;
        self.loose = false;
        self.element = None;
    }

    fn frag(&mut self, frag: &Frag, splits: bool) {
        if frag.piece.is_hole() {
            self.loose |= splits && !frag.solid;
            self.frags.push(frag.clone());
            return;
        }
        if !splits {
            self.open = true;
            self.frags.push(frag.clone());
            return;
        }
        let text = frag.piece.text.as_str();
        let mut at = 0;
        for part in text.split_inclusive([' ', '\t', '\n']) {
            let body = part.trim_end_matches([' ', '\t', '\n']);
            if !body.is_empty() {
                self.frags.push(Frag {
                    piece: cut(&frag.piece, at, body),
                    ..frag.clone()
                });
            }
            if body.len() < part.len() {
                self.finish();
            }
            at += part.len();
        }
    }

    fn tokens(&mut self, tokens: &[Token], depth: u32) {
        for (i, token) in tokens.iter().enumerate() {
            match token {
                Token::Quotes => self.open = true,
                Token::Bit {
                    bit: Bit::Frag(frag),
                    splits,
                    ..
                } => self.frag(frag, *splits),
                Token::Bit {
                    bit: Bit::Choice(options),
                    splits,
                    by,
                } => {
                    let after = tokens.get(i + 1);
                    self.choice(options, *splits, by.as_ref(), after, depth);
                }
                Token::Element { element, splits } => {
                    self.finish();
                    self.open = !*splits;
                    for bit in element.bits.iter() {
                        match bit {
                            Bit::Frag(frag) => self.frag(frag, *splits),
                            Bit::Choice(options) => self.choice(options, *splits, None, None, depth),
                        }
                    }
                    if !*splits {
                        self.element = Some(element.clone());
                    }
                    self.finish();
                }
                Token::Elements { options, splits, by } => {
                    self.finish();
                    self.elements(options, *splits, by, depth);
                }
                Token::Rest(element) => {
                    self.finish();
                    for bit in element.bits.iter() {
                        if let Bit::Frag(frag) = bit {
                            self.frags.push(frag.clone());
                        }
                    }
                    self.loose = true;
                    self.open = true;
                    self.element = Some(element.clone());
                    self.finish();
                }
            }
        }
    }

    /// One of several runs of text. Standing between blanks, each gives fields that are there on
    /// some path only; inside a field, nothing is known of it.
    fn choice(
        &mut self,
        options: &Rc<Vec<Vec<Bit>>>,
        splits: bool,
        by: Option<&Rc<Use>>,
        after: Option<&Token>,
        depth: u32,
    ) {
        let before =
            (!self.open && self.frags.is_empty()) || options.iter().all(|o| o.is_empty() || edge_blank(o, true));
        let behind = match after {
            None | Some(Token::Element { .. } | Token::Elements { .. } | Token::Rest(_)) => true,
            Some(Token::Bit { bit, splits: true, .. }) => edge_blank(std::slice::from_ref(bit), true),
            _ => false,
        } || options.iter().all(|o| o.is_empty() || edge_blank(o, false));
        if splits && before && behind && depth < 12 {
            self.finish();
            let runs: Vec<Vec<Field>> = options
                .iter()
                .map(|option| {
                    let mut inner = Fields::default();
                    let tokens: Vec<Token> = option
                        .iter()
                        .map(|bit| Token::Bit {
                            bit: bit.clone(),
                            splits: true,
                            by: by.cloned(),
                        })
                        .collect();
                    inner.tokens(&tokens, depth + 1);
                    inner.finish();
                    inner.done
                })
                .collect();
            self.runs(runs, by);
            return;
        }
        let hole = match by {
            Some(by) => by.hole(true),
            None => unnamed(options),
        };
        self.open |= !splits;
        self.frags.push(hole);
    }

    fn elements(&mut self, options: &Rc<Vec<Vec<Item>>>, splits: bool, by: &Rc<Use>, depth: u32) {
        if depth >= 12 {
            self.frags.push(by.hole(false));
            self.loose = true;
            self.finish();
            return;
        }
        let runs: Vec<Vec<Field>> = options
            .iter()
            .map(|items| {
                let mut inner = Fields::default();
                inner.tokens(&item_tokens(items, splits, by), depth + 1);
                inner.finish();
                inner.done
            })
            .collect();
        self.runs(runs, Some(by));
    }

    /// The fields of runs of which one will be there.
    fn runs(&mut self, runs: Vec<Vec<Field>>, by: Option<&Rc<Use>>) {
        let options_only = runs.iter().all(|run| run.first().is_none_or(Field::begins_with_dash));
        if options_only {
            for mut field in runs.into_iter().flatten() {
                field.certain = false;
                if self.done.len() < MAX_FIELDS {
                    self.done.push(field);
                }
            }
            return;
        }
        let mut hole = match (by, runs.iter().flatten().next().and_then(|f| f.frags.first())) {
            (Some(by), _) => by.hole(true),
            (None, Some(frag)) => Frag {
                piece: Piece {
                    text: frag.piece.text.clone(),
                    span: frag.piece.span,
                    kind: PieceKind::Hole(Hole::Other),
                },
                ..frag.clone()
            },
            (None, None) => return,
        };
        let engines: Option<Vec<&'static str>> = runs.iter().map(|run| names::engine_of_run(run)).collect();
        if let Some(engines) = engines {
            match engines.as_slice() {
                [first, rest @ ..] if rest.iter().all(|e| e == first) => {
                    hole.piece.text = (*first).to_owned();
                    hole.piece.kind = PieceKind::Cooked;
                }
                // which engine it is depends on the path, but an engine it is
                _ => hole.piece.kind = PieceKind::Hole(Hole::Variable("CONTAINER_ENGINE".to_owned())),
            }
            self.frags.push(hole);
            self.open = true;
            self.finish();
            return;
        }
        let one_each = runs
            .iter()
            .all(|run| matches!(run.as_slice(), [f] if !f.splits && !f.begins_with_dash()));
        self.frags.push(hole);
        self.loose = !one_each;
        self.open = true;
        self.finish();
    }
}

fn unnamed(options: &[Vec<Bit>]) -> Frag {
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
    }
}

/// True when the text begins (or ends) with a blank.
fn edge_blank(bits: &[Bit], at_start: bool) -> bool {
    let edge = if at_start { bits.first() } else { bits.last() };
    match edge {
        Some(Bit::Frag(frag)) if !frag.piece.is_hole() => {
            let text = &frag.piece.text;
            if at_start {
                text.starts_with([' ', '\t', '\n'])
            } else {
                text.ends_with([' ', '\t', '\n'])
            }
        }
        Some(Bit::Choice(options)) => options.iter().all(|o| o.is_empty() || edge_blank(o, at_start)),
        _ => false,
    }
}

/// The part `body` of a piece that begins at byte `at` of it.
pub(super) fn cut(piece: &Piece, at: usize, body: &str) -> Piece {
    let span = match piece.kind {
        PieceKind::Literal => {
            let start = piece.span.start as usize + at;
            Span::new(start, start + body.len())
        }
        _ => piece.span,
    };
    Piece {
        text: body.to_owned(),
        span,
        kind: piece.kind.clone(),
    }
}

/// List items as tokens.
pub(super) fn item_tokens(items: &[Item], splits: bool, by: &Rc<Use>) -> Vec<Token> {
    items
        .iter()
        .map(|item| match item {
            Item::One(element) => Token::Element {
                element: element.clone(),
                splits,
            },
            Item::Rest(element) => Token::Rest(element.clone()),
            Item::Choice(options) => Token::Elements {
                options: Rc::clone(options),
                splits,
                by: Rc::clone(by),
            },
        })
        .collect()
}

impl Evaluator<'_> {
    /// The fields of a word.
    pub(super) fn fields(&mut self, word: &Word) -> Vec<Field> {
        let tokens = self.tokens(word);
        let mut fields = Fields::default();
        fields.tokens(&tokens, 0);
        fields.finish();
        fields.done
    }

    /// The parts of a word as tokens.
    fn tokens(&mut self, word: &Word) -> Vec<Token> {
        let mut tokens = Vec::new();
        if word.quoted {
            // "$@" of no parameters is no word, though it is quoted
            let list = word.parts.iter().any(|p| matches!(p, Part::Param(p) if p.is_list()));
            if !list {
                tokens.push(Token::Quotes);
            }
        }
        self.part_tokens(&word.parts, &mut tokens);
        tokens
    }

    pub(super) fn part_tokens(&mut self, parts: &[Part], out: &mut Vec<Token>) {
        for part in parts {
            match part {
                Part::Text { text, span, kind, .. } => out.push(Token::Bit {
                    bit: Bit::Frag(self.frag(text.clone(), *span, kind.clone(), true)),
                    splits: false,
                    by: None,
                }),
                Part::Home { written, span } => out.push(Token::Bit {
                    bit: Bit::Frag(self.frag(written.clone(), *span, PieceKind::Hole(Hole::Home), true)),
                    splits: false,
                    by: None,
                }),
                Part::Opaque {
                    written,
                    span,
                    quoted,
                    splits,
                } => out.push(Token::Bit {
                    bit: Bit::Frag(self.frag(written.clone(), *span, PieceKind::Hole(Hole::Other), !splits)),
                    splits: !quoted,
                    by: None,
                }),
                Part::Param(param) => self.param_tokens(param, out),
                Part::Command {
                    body,
                    written,
                    span,
                    quoted,
                    process,
                } => {
                    let bits = self.output(body, written, *span, *process);
                    let by = Rc::new(Use {
                        name: String::new(),
                        written: written.clone(),
                        span: *span,
                        file: self.file,
                    });
                    out.extend(bits.into_iter().map(|bit| Token::Bit {
                        bit,
                        splits: !quoted,
                        by: Some(Rc::clone(&by)),
                    }));
                }
            }
        }
    }

    /// The value that a word gives to a variable: nothing splits.
    pub(super) fn value_bits(&mut self, word: &Word) -> Vec<Bit> {
        let mut tokens = Vec::new();
        self.part_tokens(&word.parts, &mut tokens);
        token_bits(tokens)
    }

    pub(super) fn frag(&self, text: String, span: Span, kind: PieceKind, solid: bool) -> Frag {
        Frag {
            piece: Piece { text, span, kind },
            file: self.file,
            trail: Trail::default(),
            solid,
        }
    }

    /// A field as the model's word, with the place where it is written.
    pub(super) fn spoken(&self, field: Field, word: &Word, alone: bool) -> spec::Word {
        let trails: Vec<&Trail> = field.frags.iter().map(|f| &f.trail).collect();
        let mut depth = match (trails.split_first(), &field.element) {
            (Some((first, rest)), _) => rest.iter().fold(first.len(), |n, t| n.min(first.shared(t))),
            (None, Some(element)) => element.trail.len(),
            (None, None) => 0,
        };
        let frame = |depth: usize| -> Option<(FileId, Span)> {
            if depth == 0 && alone {
                return Some((self.file, word.span));
            }
            if let Some(element) = &field.element
                && element.trail.len() == depth
                && !element.span.is_empty()
            {
                return Some((element.file, element.span));
            }
            let mut at: Option<(FileId, Span)> = None;
            for frag in &field.frags {
                let (file, span) = seen_from(frag, depth);
                at = match at {
                    None => Some((file, span)),
                    // pieces of one word stand side by side, with no more than quotes between
                    Some((f, s)) if f == file && span.start >= s.start && span.start <= s.end + 2 => {
                        Some((f, s.to(span)))
                    }
                    Some((f, s)) if f == file && s.contains(span) => Some((f, s)),
                    Some(_) => return None,
                };
            }
            at
        };
        let mut place = frame(depth);
        while place.is_none() && depth > 0 {
            depth -= 1;
            place = frame(depth);
        }
        let (file, span) = place.unwrap_or((self.file, word.span));
        let via = match (field.frags.first(), &field.element) {
            (Some(frag), _) => steps(&frag.trail, depth),
            (None, Some(element)) => steps(&element.trail, depth),
            (None, None) => Vec::new(),
        };
        let mut text = Text::new();
        for frag in field.frags {
            if frag.trail.len() == depth {
                text.push(frag.piece.text, frag.piece.span, frag.piece.kind);
            } else {
                let (_, span) = seen_from(&frag, depth);
                let kind = match frag.piece.kind {
                    PieceKind::Literal => PieceKind::Cooked,
                    other => other,
                };
                text.push(frag.piece.text, span, kind);
            }
        }
        spec::Word {
            text,
            place: crate::container::Place {
                file,
                value: span,
                entry: span,
                via,
            },
            certain: field.certain,
            splits: field.splits,
        }
    }
}

/// Where a piece stands as seen after `depth` steps of its way: itself, or the use that leads to it.
fn seen_from(frag: &Frag, depth: usize) -> (FileId, Span) {
    match frag.trail.skip(depth).first() {
        Some(via) => (via.file, via.span),
        None => (frag.file, frag.piece.span),
    }
}

fn steps(trail: &Trail, depth: usize) -> Vec<crate::container::Via> {
    let mut steps = trail.steps();
    steps.truncate(depth);
    steps
}

/// Tokens as one value, list elements with a blank between.
pub(super) fn token_bits(tokens: Vec<Token>) -> Vec<Bit> {
    let mut bits = Vec::new();
    let mut first = true;
    let mut blank = |bits: &mut Vec<Bit>, at: &Element| {
        if !std::mem::take(&mut first) {
            bits.push(Bit::Frag(Frag {
                piece: Piece {
                    text: " ".to_owned(),
                    span: Span::default(),
                    kind: PieceKind::Cooked,
                },
                file: at.file,
                trail: at.trail.clone(),
                solid: true,
            }));
        }
    };
    let mut next = tokens.into_iter().peekable();
    while let Some(token) = next.next() {
        match token {
            Token::Quotes => {}
            Token::Bit {
                bit: Bit::Choice(options),
                by,
                ..
            } => {
                // inside a word, which of them it is can only be a hole; it is named by its use here
                let edge = |at_start: bool| options.iter().all(|o| o.is_empty() || edge_blank(o, at_start));
                let before = bits.is_empty() || edge_blank(&bits, false) || edge(true);
                let behind = match next.peek() {
                    Some(Token::Bit { bit, .. }) => edge_blank(std::slice::from_ref(bit), true) || edge(false),
                    _ => true,
                };
                match by {
                    Some(by) if !(before && behind) => bits.push(Bit::Frag(by.hole(true))),
                    _ => bits.push(Bit::Choice(options)),
                }
            }
            Token::Bit { bit, .. } => bits.push(bit),
            Token::Element { element, .. } | Token::Rest(element) => {
                blank(&mut bits, &element);
                bits.extend(element.bits.iter().cloned());
            }
            Token::Elements { options, by, .. } => {
                let runs = options
                    .iter()
                    .map(|items| {
                        let mut run = Vec::new();
                        for item in items {
                            if let Item::One(e) | Item::Rest(e) = item {
                                run.push(Bit::Frag(Frag {
                                    piece: Piece {
                                        text: " ".to_owned(),
                                        span: Span::default(),
                                        kind: PieceKind::Cooked,
                                    },
                                    file: by.file,
                                    trail: e.trail.clone(),
                                    solid: true,
                                }));
                                run.extend(e.bits.iter().cloned());
                            }
                        }
                        run
                    })
                    .collect();
                bits.push(Bit::Choice(Rc::new(runs)));
            }
        }
    }
    bits
}
