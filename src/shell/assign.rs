//! Assignments, and words as list items.

use std::rc::Rc;

use super::eval::Evaluator;
use super::expand::token_bits;
use super::fields::{Field, Token, Use};
use super::tree::{Assign, AssignValue, Part, Word};
use super::value::{self, Bit, Element, Item, Trail, Value};
use crate::container::Piece;
use crate::source::Span;

impl Evaluator<'_> {
    pub(super) fn assign(&mut self, assign: &Assign, declares: Option<&str>) {
        let Some(name) = self.meant(&assign.name) else {
            self.open_all();
            return;
        };
        let local = matches!(declares, Some("local"))
            || (matches!(declares, Some("declare" | "typeset")) && !self.locals.is_empty());
        if local {
            let old = self.scope.get(&name).cloned();
            if let Some(frame) = self.locals.last_mut() {
                frame.push((name.clone(), old));
            }
        }
        let outer = self.assigning.replace(name.clone());
        let new = self.assigned(&name, assign, local);
        self.assigning = outer;
        let Some(new) = new else { return };
        let too_large = match &new {
            Value::Scalar(bits) => {
                let (pieces, bytes) = value::size(bits);
                pieces > value::MAX_PIECES || bytes > value::MAX_VALUE
            }
            Value::Array(items) => {
                // most of them are passed on as they are, which costs little
                self.work(items.len() / 8);
                value::count(items) > value::MAX_PIECES
            }
            Value::Lost { .. } => false,
        };
        let new = if too_large {
            self.said(self.span_of(assign), "this value grows too large to be followed");
            Value::Lost { solid: false }
        } else {
            new
        };
        self.scope.set(&name, Some(new));
    }

    /// The value that an assignment gives; `None` for one that gives none.
    pub(super) fn assigned(&mut self, name: &str, assign: &Assign, local: bool) -> Option<Value> {
        Some(match &assign.value {
            AssignValue::None => {
                if local {
                    Value::scalar(Vec::new())
                } else {
                    return None;
                }
            }
            AssignValue::Word(word) => {
                let bits = self.value_bits(word);
                self.work(bits.len());
                if let Some(key) = &assign.key {
                    let element = Element {
                        bits: Rc::new(bits),
                        span: word.span,
                        file: self.file,
                        trail: Trail::default(),
                    };
                    return Some(self.with_element(name, key, assign.append, element));
                } else if assign.append {
                    self.appended(name, bits, word)
                } else {
                    Value::scalar(bits)
                }
            }
            AssignValue::Array(words) => {
                let mut items = Vec::new();
                if assign.append {
                    match self.scope.get(name) {
                        Some(Value::Array(old)) => items.extend(old.iter().cloned()),
                        Some(Value::Scalar(old)) if !old.is_empty() => items.push(Item::One(Element {
                            bits: Rc::clone(old),
                            span: Span::default(),
                            file: self.file,
                            trail: Trail::default(),
                        })),
                        Some(Value::Lost { .. }) | None => {
                            // set by something that is not read: any elements may come first
                            let used = Use {
                                name: name.to_owned(),
                                written: name.to_owned(),
                                span: Span::default(),
                                file: self.file,
                            };
                            if matches!(self.scope.get(name), Some(Value::Lost { .. })) {
                                items.push(Item::Rest(Element {
                                    bits: Rc::new(vec![Bit::Frag(used.hole(false))]),
                                    span: Span::default(),
                                    file: self.file,
                                    trail: Trail::default(),
                                }));
                            }
                        }
                        _ => {}
                    }
                }
                if !assign.append {
                    let looked_at = self.scope.forget_elements(name);
                    self.work(looked_at);
                }
                for word in words {
                    match keyed(word) {
                        Some((key, start, rest)) => {
                            let mut tokens = Vec::new();
                            self.part_tokens(std::slice::from_ref(&start), &mut tokens);
                            self.part_tokens(word.parts.get(rest..).unwrap_or_default(), &mut tokens);
                            let bits = token_bits(tokens);
                            let from = match &start {
                                Part::Text { span, .. } => span.start,
                                _ => word.span.start,
                            };
                            self.scope.set_element(name, &key, Value::scalar(bits.clone()));
                            items.push(Item::One(Element {
                                bits: Rc::new(bits),
                                span: Span {
                                    start: from.min(word.span.end),
                                    end: word.span.end,
                                },
                                file: self.file,
                                trail: Trail::default(),
                            }));
                        }
                        None => self.items_for(word, &mut items),
                    }
                }
                Value::Array(Rc::new(items))
            }
        })
    }

    pub(super) fn span_of(&self, assign: &Assign) -> Span {
        match &assign.value {
            AssignValue::Word(word) => word.span,
            AssignValue::Array(words) => match (words.first(), words.last()) {
                (Some(first), Some(last)) => first.span.to(last.span),
                _ => Span::default(),
            },
            AssignValue::None => Span::default(),
        }
    }

    /// `name+=word`
    pub(super) fn appended(&mut self, name: &str, bits: Vec<Bit>, word: &Word) -> Value {
        match self.scope.get(name) {
            Some(Value::Scalar(old)) => {
                let mut all = old.to_vec();
                all.extend(bits);
                Value::scalar(all)
            }
            Some(Value::Array(items)) => {
                let mut items = items.to_vec();
                items.push(Item::One(Element {
                    bits: Rc::new(bits),
                    span: word.span,
                    file: self.file,
                    trail: Trail::default(),
                }));
                Value::Array(Rc::new(items))
            }
            Some(Value::Lost { .. }) => Value::Lost { solid: false },
            None => {
                let used = Use {
                    name: name.to_owned(),
                    written: format!("${name}"),
                    span: word.span,
                    file: self.file,
                };
                let mut all = vec![Bit::Frag(used.hole(false))];
                all.extend(bits);
                Value::scalar(all)
            }
        }
    }

    /// A word as list items. `"${list[@]}"` passes its items on as they are.
    pub(super) fn items_for(&mut self, word: &Word, items: &mut Vec<Item>) {
        if let [Part::Param(param)] = word.parts.as_slice()
            && param.is_list()
            && param.quoted
        {
            let mut tokens = Vec::new();
            self.param_tokens(param, &mut tokens);
            let listed = |token: &Token| !matches!(token, Token::Bit { .. } | Token::Quotes);
            if tokens.iter().all(listed) {
                items.extend(tokens.into_iter().filter_map(|token| match token {
                    Token::Element { element, .. } => Some(Item::One(element)),
                    Token::Elements { options, .. } => Some(Item::Choice(options)),
                    Token::Rest(element) => Some(Item::Rest(element)),
                    Token::Bit { .. } | Token::Quotes => None,
                }));
                return;
            }
        }
        let fields = self.word_fields(word);
        self.items_of(fields, word.span, items);
    }

    /// Fields as list items; those that only some path gives become a choice.
    pub(super) fn items_of(&self, fields: Vec<Field>, span: Span, items: &mut Vec<Item>) {
        let mut maybe: Vec<Item> = Vec::new();
        let alone = fields.len() == 1;
        for field in fields {
            let own = if alone {
                span
            } else {
                field
                    .frags
                    .iter()
                    .map(|f| f.piece.span)
                    .reduce(Span::to)
                    .unwrap_or(span)
            };
            let element = field.element(own, self.file);
            let item = if field.splits {
                Item::Rest(element)
            } else {
                Item::One(element)
            };
            if field.certain {
                if !maybe.is_empty() {
                    items.push(Item::Choice(Rc::new(vec![Vec::new(), std::mem::take(&mut maybe)])));
                }
                items.push(item);
            } else {
                maybe.push(item);
            }
        }
        if !maybe.is_empty() {
            items.push(Item::Choice(Rc::new(vec![Vec::new(), maybe])));
        }
    }
}

/// An element `[key]=value` of a list that is written out: the key, the start of the value, and the index
/// of the part of the word after it.
fn keyed(word: &Word) -> Option<(String, Part, usize)> {
    let mut key = String::new();
    for (i, part) in word.parts.iter().enumerate() {
        let Part::Text {
            text,
            span,
            kind,
            quoted,
        } = part
        else {
            return None;
        };
        let rest = if i == 0 { text.strip_prefix('[')? } else { text };
        let Some((head, value)) = rest.split_once("]=").filter(|_| !quoted) else {
            key.push_str(rest);
            continue;
        };
        key.push_str(head);
        let piece = Piece {
            text: text.clone(),
            span: *span,
            kind: kind.clone(),
        };
        let piece = piece.cut(text.len() - value.len(), value);
        let start = Part::Text {
            text: piece.text,
            span: piece.span,
            kind: piece.kind,
            quoted: false,
        };
        return (!key.is_empty()).then_some((key, start, i + 1));
    }
    None
}
