//! Values of which a part depends on the path: `IMG=x; if a; then IMG="$IMG:1"; fi`. What a variable holds is
//! one of several texts, and none of them is its known beginning with the variable behind it.

use std::rc::Rc;

use super::alternatives::options_of;
use super::fields::{Token, Use};
use super::value::{Bit, Frag};

/// Pieces that one value has at most to be told whole.
const MAX_PIECES: usize = 32;

/// The tokens with a hole in the place of each such value that is one word.
pub(super) fn told(tokens: Vec<Token>) -> Vec<Token> {
    let chosen = |token: &Token| {
        matches!(
            token,
            Token::Bit {
                bit: Bit::Choice(_),
                ..
            }
        )
    };
    if !tokens.iter().any(chosen) {
        return tokens;
    }
    let mut out = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        let length = match (whole(rest, true), token) {
            (Some((hole, length)), Token::Bit { splits, by, .. }) => {
                out.push(Token::Bit {
                    bit: Bit::Frag(hole),
                    splits: *splits,
                    by: by.clone(),
                });
                length
            }
            _ => {
                out.push(token.clone());
                1
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// The hole for a value that stands at the head of the tokens, with each text that it may be; whether it would
/// be split; and how many tokens it takes. `None` where the tokens begin with anything else.
pub(super) fn of(tokens: &[Token]) -> Option<(Frag, bool, usize)> {
    let Some(Token::Bit { splits, .. }) = tokens.first() else {
        return None;
    };
    let (hole, length) = whole(tokens, *splits)?;
    Some((hole, *splits, length))
}

/// The same, for a value that must hold no blank where `one_word` is set.
fn whole(tokens: &[Token], one_word: bool) -> Option<(Frag, usize)> {
    let Some(Token::Bit { by: Some(by), .. }) = tokens.first() else {
        return None;
    };
    let own: Vec<&Bit> = tokens
        .iter()
        .map_while(|token| of_one(token, by))
        .take(MAX_PIECES + 1)
        .collect();
    if own.len() < 2 || own.len() > MAX_PIECES {
        return None;
    }
    let chosen = own.iter().position(|bit| matches!(bit, Bit::Choice(_)))?;
    let Some(Bit::Choice(options)) = own.get(chosen) else {
        return None;
    };
    let plain = |bit: &&Bit| match bit {
        Bit::Frag(frag) => !(frag.piece.is_hole() || one_word && frag.piece.text.contains([' ', '\t', '\n'])),
        Bit::Choice(_) => false,
    };
    let (before, behind) = (own.get(..chosen)?, own.get(chosen + 1..)?);
    // the name of an option is worth more than to know what its value may be
    let named = matches!(before.first(), Some(Bit::Frag(frag)) if frag.piece.text.starts_with('-'));
    if named || !before.iter().chain(behind).all(plain) {
        return None;
    }
    let texts: Vec<Vec<Bit>> = options
        .iter()
        .map(|option| {
            let around = |bits: &[&Bit]| bits.iter().map(|bit| (*bit).clone()).collect::<Vec<_>>();
            [around(before), option.clone(), around(behind)].concat()
        })
        .collect();
    let mut hole = by.hole(true);
    hole.options = options_of(&texts, &hole, one_word);
    // where a path begins tells more of it than its name does
    let path = matches!(before.first(), Some(Bit::Frag(frag)) if frag.piece.text.starts_with(['/', '.', '~']));
    let splits = one_word && options.iter().any(|option| has_blank(option));
    (hole.options.is_some() || !(path || splits)).then_some((hole, own.len()))
}

fn has_blank(bits: &[Bit]) -> bool {
    bits.iter().any(|bit| match bit {
        Bit::Frag(frag) => frag.piece.text.contains([' ', '\t', '\n']) || (frag.piece.is_hole() && !frag.solid),
        Bit::Choice(options) => options.iter().any(|option| has_blank(option)),
    })
}

/// The piece of a token that the same use of a variable gave.
fn of_one<'a>(token: &'a Token, by: &Rc<Use>) -> Option<&'a Bit> {
    match token {
        Token::Bit {
            bit, by: Some(other), ..
        } if Rc::ptr_eq(by, other) => Some(bit),
        _ => None,
    }
}
