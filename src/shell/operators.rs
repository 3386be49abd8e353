//! What the operators of an expansion make of a value: defaults, alternatives, slices and trims.

use std::rc::Rc;

use super::eval::Evaluator;
use super::expand::token_bits;
use super::fields::{Token, Use};
use super::open;
use super::params::Found;
use super::tree::{Param, Part};
use super::value::{self, Bit, Frag, Item, Trail, Value};
use crate::container::{Hole, Piece, PieceKind};

impl Evaluator<'_> {
    /// `${x:-word}`: the word where the script leaves the name open.
    pub(super) fn default(
        &mut self,
        found: Found,
        param: &Param,
        word: &[Part],
        assign: bool,
        by: &Rc<Use>,
        out: &mut Vec<Token>,
    ) {
        let open = match &found {
            Found::Unset | Found::Lost => true,
            Found::Solid(hole) => matches!(hole, Hole::Variable(_) | Hole::Other),
            Found::Bits(bits) => {
                bits.is_empty() || value::only_hole(bits).is_some_and(|h| matches!(h, Hole::Variable(_)))
            }
            Found::Items(items) => items.is_empty(),
        };
        if !open {
            return self.give(found, param, by, out);
        }
        let mut tokens = Vec::new();
        self.part_tokens(word, &mut tokens);
        let empty_now =
            matches!(&found, Found::Bits(bits) if bits.is_empty()) || matches!(&found, Found::Items(i) if i.is_empty());
        if tokens.is_empty() {
            if !empty_now {
                self.give(found, param, by, out);
            }
            return;
        }
        if !empty_now {
            // whoever runs the script may set it
            tokens = tokens.into_iter().map(open::assumed_token).collect();
        }
        let bits = token_bits(tokens.clone());
        if assign {
            self.scope.set(&param.name, Some(Value::scalar(bits.clone())));
        }
        let dashed = matches!(bits.first(), Some(Bit::Frag(f)) if !f.piece.is_hole() && f.piece.text.trim_start().starts_with('-'));
        if dashed && !empty_now && !param.quoted {
            // options that the environment may replace by others
            out.push(Token::Bit {
                bit: Bit::Choice(Rc::new(vec![bits])),
                splits: true,
                by: Some(Rc::clone(by)),
            });
            out.push(Token::Bit {
                bit: Bit::Frag(self.frag(" ".to_owned(), param.span, PieceKind::Cooked, true)),
                splits: true,
                by: None,
            });
            self.give(Found::Unset, param, by, out);
            return;
        }
        for token in tokens {
            out.push(match token {
                Token::Bit { bit, splits, by: inner } => Token::Bit {
                    bit,
                    splits: splits || !param.quoted,
                    by: inner.or_else(|| Some(Rc::clone(by))),
                },
                other => other,
            });
        }
    }

    /// `${x:+word}`: the word where the name is set to something.
    pub(super) fn alternative(
        &mut self,
        found: Found,
        word: &[Part],
        splits: bool,
        by: &Rc<Use>,
        out: &mut Vec<Token>,
    ) {
        let surely = match &found {
            Found::Bits(bits) if bits.is_empty() => return,
            Found::Items(items) if items.is_empty() => return,
            Found::Bits(bits) => bits.iter().any(|b| matches!(b, Bit::Frag(f) if !f.piece.is_hole())),
            Found::Items(_) => true,
            Found::Solid(Hole::Home | Hole::WorkingDirectory) => true,
            Found::Unset | Found::Solid(_) | Found::Lost => false,
        };
        let mut tokens = Vec::new();
        self.part_tokens(word, &mut tokens);
        let tokens = tokens.into_iter().map(|token| match token {
            Token::Bit {
                bit,
                splits: s,
                by: inner,
            } => Token::Bit {
                bit,
                splits: s || splits,
                by: inner.or_else(|| Some(Rc::clone(by))),
            },
            other => other,
        });
        if surely {
            out.extend(tokens);
            return;
        }
        let tokens: Vec<Token> = tokens.collect();
        let listed = tokens
            .iter()
            .any(|t| matches!(t, Token::Element { .. } | Token::Elements { .. } | Token::Rest(_)));
        if listed {
            out.extend(tokens);
            return;
        }
        out.push(Token::Bit {
            bit: Bit::Choice(Rc::new(vec![Vec::new(), token_bits(tokens)])),
            splits,
            by: Some(Rc::clone(by)),
        });
    }

    pub(super) fn slice(
        &mut self,
        found: Found,
        param: &Param,
        from: Option<usize>,
        length: Option<Option<usize>>,
        by: &Rc<Use>,
        out: &mut Vec<Token>,
    ) {
        match (found, from) {
            (Found::Items(items), Some(from)) => {
                let skip = if param.name == "@" || param.name == "*" {
                    from.saturating_sub(1)
                } else {
                    from
                };
                let plain = items.iter().take(skip).all(|i| matches!(i, Item::One(_)));
                if !plain {
                    return self.give(Found::Lost, param, by, out);
                }
                let items = items.into_iter().skip(skip);
                let items: Vec<Item> = match length {
                    Some(Some(n)) => items.take(n).collect(),
                    Some(None) => return self.give(Found::Lost, param, by, out),
                    None => items.collect(),
                };
                self.give(Found::Items(items), param, by, out);
            }
            (Found::Items(_), None) => self.give(Found::Lost, param, by, out),
            (Found::Lost | Found::Unset, _) if param.is_list() => self.give(Found::Lost, param, by, out),
            (Found::Bits(bits), Some(from)) => {
                let cut = value::known(&bits).map(|text| {
                    let rest = text.chars().skip(from);
                    match length {
                        Some(Some(n)) => rest.take(n).collect::<String>(),
                        _ => rest.collect(),
                    }
                });
                let cut = if length == Some(None) { None } else { cut };
                self.made(cut, param, by, out);
            }
            _ => self.made(None, param, by, out),
        }
    }

    /// A value that was worked out, or anything where what it is made of is not known.
    pub(super) fn changed(
        &self,
        text: Option<String>,
        found: Found,
        param: &Param,
        by: &Rc<Use>,
        out: &mut Vec<Token>,
    ) {
        let one = matches!(found, Found::Solid(_));
        match text {
            None if !one || param.is_list() => self.give(Found::Lost, param, by, out),
            text => self.made(text, param, by, out),
        }
    }

    /// A value that was worked out, or a hole of one word.
    pub(super) fn made(&self, text: Option<String>, param: &Param, by: &Rc<Use>, out: &mut Vec<Token>) {
        let kind = match &text {
            Some(_) => PieceKind::Cooked,
            None => PieceKind::Hole(Hole::Variable(param.name.clone())),
        };
        let text = text.unwrap_or_else(|| param.written.clone());
        out.push(Token::Bit {
            bit: Bit::Frag(Frag {
                piece: Piece {
                    text,
                    span: param.span,
                    kind,
                },
                file: self.file,
                trail: Trail::default(),
                solid: true,
                options: None,
            }),
            splits: !param.quoted,
            by: Some(Rc::clone(by)),
        });
    }
}

/// The value as text, if all of it is known.
pub(super) fn plain_text(found: &Found) -> Option<String> {
    match found {
        Found::Bits(bits) => value::known(bits),
        _ => None,
    }
}

/// An element of a list, when everything before it is one element each.
pub(super) fn element(items: &[Item], at: usize) -> Found {
    for (i, item) in items.iter().enumerate().take(at + 1) {
        match item {
            Item::One(element) if i == at => return Found::Bits(element.bits.to_vec()),
            Item::One(_) => {}
            Item::Rest(_) | Item::Choice(_) => return Found::Unset,
        }
    }
    Found::Bits(Vec::new())
}

/// The text without what a pattern of plain characters and `*` matches at one end.
pub(super) fn trim(text: &str, pattern: &str, longest: bool, at_start: bool) -> Option<String> {
    let stars = pattern.matches('*').count();
    if stars == 0 {
        let trimmed = if at_start {
            text.strip_prefix(pattern)
        } else {
            text.strip_suffix(pattern)
        };
        return Some(trimmed.unwrap_or(text).to_owned());
    }
    if stars > 1 {
        return None;
    }
    if at_start {
        let plain = pattern.strip_prefix('*')?;
        let at = if longest { text.rfind(plain) } else { text.find(plain) };
        return Some(
            at.and_then(|at| text.get(at + plain.len()..))
                .unwrap_or(text)
                .to_owned(),
        );
    }
    let plain = pattern.strip_suffix('*')?;
    let at = if longest { text.find(plain) } else { text.rfind(plain) };
    Some(at.and_then(|at| text.get(..at)).unwrap_or(text).to_owned())
}
