//! Splitting: tokens of a word to the fields that a program gets.

use std::rc::Rc;

use super::alternatives::{options_of, unnamed};
use super::expand::edge_blank;
use super::items::item_tokens;
use super::value::{Bit, Element, Frag, Item, Trail};
use super::{alternatives, names, whole_values};
use crate::container::{FileId, Hole, Piece, PieceKind, Text};
use crate::source::Span;

/// Fields that one word may become.
const MAX_FIELDS: usize = 400;

/// Values of a choice that are told apart.
pub(super) const MAX_TOLD: usize = 6;

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
            options: None,
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

    /// What the field is on each path, where it holds choices; `span` is where it is written.
    pub(super) fn texts_on_paths(&self, span: Span) -> Vec<Text> {
        let choices = self.frags.iter().filter_map(|f| f.options.as_ref());
        let paths = choices.map(|o| o.len()).max().unwrap_or(0);
        let on = |path: usize| {
            let mut text = Text::new();
            let mut push = |frag: &Frag| {
                let kind = match &frag.piece.kind {
                    PieceKind::Literal => PieceKind::Cooked,
                    other => other.clone(),
                };
                text.push(frag.piece.text.clone(), span, kind);
            };
            for frag in &self.frags {
                match frag.options.as_ref().and_then(|o| o.get(path).or(o.last())) {
                    Some(option) => option.iter().for_each(&mut push),
                    None => push(frag),
                }
            }
            text
        };
        let mut texts: Vec<Text> = Vec::new();
        for path in 0..paths {
            let text = on(path);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
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
pub(super) struct Fields {
    pub(super) done: Vec<Field>,
    frags: Vec<Frag>,
    open: bool,
    loose: bool,
    element: Option<Element>,
}

impl Fields {
    pub(super) fn finish(&mut self) {
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
                    piece: frag.piece.cut(at, body),
                    ..frag.clone()
                });
            }
            if body.len() < part.len() {
                self.finish();
            }
            at += part.len();
        }
    }

    pub(super) fn tokens(&mut self, tokens: &[Token], depth: u32) {
        let mut told = 0;
        for (i, token) in tokens.iter().enumerate() {
            if i < told {
                continue;
            }
            if let Some((hole, splits, length)) = whole_values::of(tokens.get(i..).unwrap_or_default()) {
                self.open |= !splits;
                self.frags.push(hole);
                told = i + length;
                continue;
            }
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
        let mut hole = match by {
            Some(by) => by.hole(true),
            None => unnamed(options),
        };
        let whole = self.frags.is_empty() && matches!(after, None | Some(Token::Quotes));
        if !splits && whole && options.iter().any(|option| !option.is_empty()) {
            // in quotes: `"$ENGINE"`
            let run = |option: &Vec<Bit>| one_field(option, by, depth);
            let runs: Vec<Vec<Field>> = options.iter().map(run).collect();
            if let Some(engine) = alternatives::engine(&runs, hole.clone()) {
                self.open = true;
                self.frags.push(engine);
                return;
            }
        }
        hole.options = options_of(options, &hole, splits);
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
        // `docker` or `docker --debug`: the engine is the same
        if let Some(engine) = names::shared_engine(&runs) {
            self.done.push(engine);
            let rest = runs.into_iter().flat_map(|run| run.into_iter().skip(1));
            for mut field in rest {
                field.certain = false;
                if self.done.len() < MAX_FIELDS {
                    self.done.push(field);
                }
            }
            return;
        }
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
        // `sudo` or nothing before the engine: what it runs is the same
        if runs.iter().all(|run| names::only_prefixes(run)) {
            for mut field in runs.into_iter().max_by_key(Vec::len).unwrap_or_default() {
                field.certain = false;
                self.done.push(field);
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
        if let Some(engine) = alternatives::engine(&runs, hole.clone()) {
            self.frags.push(engine);
            self.open = true;
            self.finish();
            return;
        }
        let one_each = runs
            .iter()
            .all(|run| matches!(run.as_slice(), [f] if !f.splits && !f.begins_with_dash()));
        if one_each && runs.len() <= MAX_TOLD {
            let told = runs.iter().flatten().map(|field| field.frags.clone());
            hole.options = Some(Rc::new(told.collect()));
        }
        self.frags.push(hole);
        self.loose = !one_each;
        self.open = true;
        self.finish();
    }
}

/// What an option of a choice gives within quotes: one field, or none where it is empty.
fn one_field(option: &[Bit], by: Option<&Rc<Use>>, depth: u32) -> Vec<Field> {
    let mut inner = Fields::default();
    let token = |bit: &Bit| Token::Bit {
        bit: bit.clone(),
        splits: false,
        by: by.cloned(),
    };
    if depth < 12 {
        inner.tokens(&option.iter().map(token).collect::<Vec<_>>(), depth + 1);
        inner.finish();
    }
    inner.done
}
