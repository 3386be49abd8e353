//! Words to the fields a program would get, as bash expands and splits them.

use std::rc::Rc;

use super::eval::Evaluator;
use super::fields::{Field, Fields, Token, Use};
use super::tree::{Part, Word};
use super::value::{Bit, Element, Frag, Item, Trail};
use crate::container::{FileId, Hole, Piece, PieceKind, Text};
use crate::source::Span;
use crate::spec;

/// True when the text begins (or ends) with a blank.
pub(super) fn edge_blank(bits: &[Bit], at_start: bool) -> bool {
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
                Part::Text { text, .. } if self.names_placeholder(text) => self.filled_in(part, out),
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
            options: None,
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
                // in a text that was made around holes, a word of a hole alone has no bytes of its own
                let held = field.frags.iter().filter(|f| f.file == self.file && f.trail.len() == 0);
                let span = held.fold(word.span, |span, frag| {
                    if span.touches(frag.piece.span) {
                        span.to(frag.piece.span)
                    } else {
                        span
                    }
                });
                return Some((self.file, span));
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
        let options = field.texts_on_paths(span);
        let mut text = Text::new();
        for mut frag in field.frags {
            frag.piece.text = self.outward(frag.piece.text);
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
            options,
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
                options: None,
            }));
        }
    };
    let mut next = super::whole_values::told(tokens).into_iter().peekable();
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
                    Some(by) if !(before && behind) => {
                        let mut hole = by.hole(true);
                        hole.options = super::alternatives::options_of(&options, &hole, false);
                        bits.push(Bit::Frag(hole));
                    }
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
                                    options: None,
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
