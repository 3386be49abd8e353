//! List items as what a word is made of.

use std::rc::Rc;

use super::fields::{Token, Use};
use super::value::Item;

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
