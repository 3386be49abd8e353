//! Expansions of parameters: `$x`, `${x:-default}`, `"$@"`.

use std::rc::Rc;

use super::declares::is_name;
use super::eval::Evaluator;
use super::expand::token_bits;
use super::fields::{Token, Use};
use super::items::item_tokens;
use super::open;
use super::operators::{element, plain_text, trim};
use super::tree::{Index, Operation, Param};
use super::value::{self, Bit, Element, Item, Trail, Value};
use crate::container::{Hole, PieceKind, Via, ViaKind};

impl Param {
    /// True for an expansion that may give several words even between quotes.
    pub(super) fn is_list(&self) -> bool {
        self.name == "@" || self.index == Index::All
    }
}

/// What a name gives.
pub(super) enum Found {
    /// Nothing in the script sets it.
    Unset,
    Bits(Vec<Bit>),
    Items(Vec<Item>),
    /// One word of which nothing is known.
    Solid(Hole),
    /// Anything.
    Lost,
}

impl Evaluator<'_> {
    pub(super) fn param_tokens(&mut self, param: &Param, out: &mut Vec<Token>) {
        let by = Rc::new(Use {
            name: param.name.clone(),
            written: param.written.clone(),
            span: param.span,
            file: self.file,
        });
        if let Some(frag) = self.placeholders.get(&param.name) {
            // a hole of the text that this script was made from
            out.push(Token::Bit {
                bit: Bit::Frag(frag.clone()),
                splits: !param.quoted,
                by: Some(by),
            });
            return;
        }
        let splits = !param.quoted;
        let found = self.find(param);
        let assumed = matches!(&found, Found::Bits(bits) if open::is_assumed(bits));
        let from = out.len();
        self.operate(found, param, splits, &by, out);
        if assumed && !matches!(param.operation, Operation::Plain) {
            // what is made of a value that may be another may be another too
            for token in out.iter_mut().skip(from) {
                *token = open::assumed_token(token.clone());
            }
        }
    }

    /// What the operator of an expansion makes of what its name gives.
    fn operate(&mut self, found: Found, param: &Param, splits: bool, by: &Rc<Use>, out: &mut Vec<Token>) {
        match &param.operation {
            Operation::Plain => self.give(found, param, by, out),
            Operation::Required => self.give(found, param, by, out),
            Operation::Default { word, assign } => self.default(found, param, word, *assign, by, out),
            Operation::Alternative { word } => self.alternative(found, word, splits, by, out),
            Operation::TrimEnd { pattern, longest } => {
                let own = matches!(&found, Found::Solid(Hole::Variable(name)) if name == "0" || name == "BASH_SOURCE");
                if own && pattern.as_deref() == Some("/*") {
                    out.push(self.one_hole(param, Hole::ScriptDirectory, by));
                    return;
                }
                let trimmed = match (&found, pattern) {
                    (Found::Bits(bits), Some(pattern)) => {
                        value::known(bits).and_then(|text| trim(&text, pattern, *longest, false))
                    }
                    _ => None,
                };
                self.made(trimmed, param, by, out);
            }
            Operation::TrimStart { pattern, longest } => {
                let trimmed = match (&found, pattern) {
                    (Found::Bits(bits), Some(pattern)) => {
                        value::known(bits).and_then(|text| trim(&text, pattern, *longest, true))
                    }
                    _ => None,
                };
                self.made(trimmed, param, by, out);
            }
            Operation::Slice { from, length } => self.slice(found, param, *from, *length, by, out),
            Operation::Replace { from, to, all } => {
                let changed = plain_text(&found).map(|text| match all {
                    true => text.replace(from, to),
                    false => text.replacen(from, to, 1),
                });
                self.changed(changed, found, param, by, out);
            }
            Operation::Case { upper } => {
                let changed = plain_text(&found).map(|text| match upper {
                    true => text.to_uppercase(),
                    false => text.to_lowercase(),
                });
                self.changed(changed, found, param, by, out);
            }
            Operation::Length => {
                let length = plain_text(&found).map(|text| text.chars().count().to_string());
                self.made(length, param, by, out);
            }
            Operation::Indirect => match plain_text(&found) {
                Some(name) if is_name(&name) => {
                    let named = Param {
                        name,
                        index: Index::None,
                        operation: Operation::Plain,
                        written: param.written.clone(),
                        span: param.span,
                        quoted: param.quoted,
                    };
                    let found = self.find(&named);
                    self.give(found, &named, by, out);
                }
                _ => self.give(Found::Lost, param, by, out),
            },
            Operation::Unknown if param.is_list() => self.give(Found::Lost, param, by, out),
            Operation::Unknown => {
                let hole = if param.name.is_empty() {
                    Hole::Other
                } else {
                    Hole::Variable(param.name.clone())
                };
                let solid = param.quoted || param.written.starts_with("${#");
                out.push(Token::Bit {
                    bit: Bit::Frag(self.frag(param.written.clone(), param.span, PieceKind::Hole(hole), solid)),
                    splits,
                    by: Some(Rc::clone(by)),
                });
            }
        }
    }

    pub(super) fn find(&self, param: &Param) -> Found {
        let Some(meant) = self.meant(&param.name) else {
            return Found::Lost;
        };
        let name = meant.as_str();
        let list = |items: &Rc<Vec<Item>>| -> Found {
            match &param.index {
                Index::All | Index::Joined => Found::Items(items.to_vec()),
                Index::None => element(items, 0),
                Index::At(n) => element(items, *n),
                Index::Back(n) => {
                    let alone = items.iter().all(|i| matches!(i, Item::One(_)));
                    match items.len().checked_sub(*n) {
                        Some(at) if alone && *n > 0 => element(items, at),
                        _ => Found::Unset,
                    }
                }
                Index::Unknown | Index::Key(_) => Found::Solid(Hole::Variable(name.to_owned())),
            }
        };
        match name {
            "@" | "*" => match self.scope.get("@") {
                Some(Value::Array(items)) => Found::Items(items.to_vec()),
                _ => Found::Lost,
            },
            "#" | "?" | "$" | "!" | "-" | "_" | "" => Found::Solid(Hole::Other),
            "0" => Found::Solid(Hole::Variable("0".to_owned())),
            _ if name.starts_with(|c: char| c.is_ascii_digit()) => {
                let at = name.parse::<usize>().unwrap_or(0);
                match self.scope.get("@") {
                    Some(Value::Array(items)) => element(items, at.saturating_sub(1)),
                    _ => Found::Unset,
                }
            }
            _ => match self.keyed(name, param).or_else(|| self.scope.get(name)) {
                Some(Value::Scalar(_)) if matches!(param.index, Index::Key(_)) && self.keyed(name, param).is_none() => {
                    Found::Solid(Hole::Variable(name.to_owned()))
                }
                Some(Value::Scalar(bits)) => Found::Bits(bits.to_vec()),
                Some(Value::Array(items)) => list(items),
                Some(Value::Lost { solid: true }) => Found::Solid(Hole::Variable(name.to_owned())),
                Some(Value::Lost { solid: false }) => Found::Lost,
                None => match name {
                    "PWD" => Found::Solid(Hole::WorkingDirectory),
                    "HOME" => Found::Solid(Hole::Home),
                    "BASH_SOURCE" => Found::Solid(Hole::Variable(name.to_owned())),
                    "UID" | "EUID" | "RANDOM" | "HOSTNAME" | "PPID" | "LINENO" | "SECONDS" | "GROUPS" | "USER"
                    | "LOGNAME" => Found::Solid(Hole::Variable(name.to_owned())),
                    _ => Found::Unset,
                },
            },
        }
    }

    /// An element that was set by its key.
    fn keyed(&self, name: &str, param: &Param) -> Option<&Value> {
        match &param.index {
            Index::Key(key) => self.scope.element(name, key),
            Index::At(number) => self.scope.element(name, &number.to_string()),
            _ => None,
        }
    }

    pub(super) fn via(&self, param: &Param, kind: ViaKind) -> Via {
        Via {
            kind,
            name: param.name.clone(),
            span: param.span,
            file: self.file,
        }
    }

    pub(super) fn one_hole(&self, param: &Param, hole: Hole, by: &Rc<Use>) -> Token {
        Token::Bit {
            bit: Bit::Frag(self.frag(param.written.clone(), param.span, PieceKind::Hole(hole), true)),
            splits: !param.quoted,
            by: Some(Rc::clone(by)),
        }
    }

    pub(super) fn give(&self, found: Found, param: &Param, by: &Rc<Use>, out: &mut Vec<Token>) {
        let splits = !param.quoted;
        // `OPTS="$OPTS x"` goes on with what it was: no step on the way
        let own = self.assigning.as_deref() == Some(param.name.as_str());
        match found {
            Found::Solid(hole) => out.push(self.one_hole(param, hole, by)),
            Found::Unset | Found::Lost if param.is_list() => out.push(Token::Rest(Element {
                bits: Rc::new(vec![Bit::Frag(self.frag(
                    param.written.clone(),
                    param.span,
                    PieceKind::Hole(Hole::Variable(param.name.clone())),
                    false,
                ))]),
                span: param.span,
                file: self.file,
                trail: Trail::default(),
            })),
            Found::Unset | Found::Lost => out.push(Token::Bit {
                bit: Bit::Frag(self.frag(
                    param.written.clone(),
                    param.span,
                    PieceKind::Hole(Hole::Variable(param.name.clone())),
                    false,
                )),
                splits,
                by: Some(Rc::clone(by)),
            }),
            // what a command printed is called by the variable that keeps it
            Found::Bits(bits) if is_printed(&bits) && !own => {
                let solid = matches!(bits.first(), Some(Bit::Frag(frag)) if frag.solid);
                let hole = PieceKind::Hole(Hole::Variable(param.name.clone()));
                out.push(Token::Bit {
                    bit: Bit::Frag(self.frag(param.written.clone(), param.span, hole, solid)),
                    splits,
                    by: Some(Rc::clone(by)),
                });
            }
            Found::Bits(bits) => {
                let via = self.via(param, ViaKind::Variable);
                self.work(bits.len());
                let bits = if own { bits } else { value::by(&bits, &via) };
                for bit in bits {
                    out.push(Token::Bit {
                        bit,
                        splits,
                        by: Some(Rc::clone(by)),
                    });
                }
            }
            Found::Items(items) => {
                let kind = if matches!(param.name.as_str(), "@" | "*") {
                    ViaKind::Variable
                } else {
                    ViaKind::Array
                };
                let via = self.via(param, kind);
                self.work(items.len());
                let items: Vec<Item> = if own {
                    items
                } else {
                    items.iter().map(|i| i.by(&via)).collect()
                };
                let tokens = item_tokens(&items, splits, by);
                let joined = param.index == Index::Joined || param.name == "*";
                if joined && param.quoted {
                    out.extend(token_bits(tokens).into_iter().map(|bit| Token::Bit {
                        bit,
                        splits: false,
                        by: Some(Rc::clone(by)),
                    }));
                } else {
                    out.extend(tokens);
                }
            }
        }
    }
}

/// True for what a command printed, unless that is the path of an engine.
fn is_printed(bits: &[Bit]) -> bool {
    let engine = |bit: &Bit| match bit {
        Bit::Frag(frag) => super::names::engine_looked_up(&frag.piece.text).is_some(),
        Bit::Choice(_) => false,
    };
    matches!(value::only_hole(bits), Some(Hole::Other)) && !bits.iter().any(engine)
}
