//! What `echo`, `printf` and `cat <<EOF` print.

use super::eval::Evaluator;
use super::expand::token_bits;
use super::fields::Token;
use super::tree::{Redirect, Simple};
use super::value::{self, Bit};
use crate::source::Span;

impl Evaluator<'_> {
    /// What a command is known to print: for a script that is piped to a shell.
    pub(super) fn printed(&mut self, simple: &Simple) -> Option<Vec<Bit>> {
        let program = simple.words.first()?;
        let [super::tree::Part::Text { text, .. }] = program.parts.as_slice() else {
            return None;
        };
        match text.as_str() {
            "echo" => {
                let mut tokens: Vec<Token> = Vec::new();
                for (i, word) in simple.words.iter().skip(1).enumerate() {
                    let plain = matches!(word.parts.as_slice(), [super::tree::Part::Text { text, .. }] if matches!(text.as_str(), "-n" | "-e" | "-ne" | "-E"));
                    if i == 0 && plain {
                        continue;
                    }
                    if !tokens.is_empty() {
                        let blank = self.frag(
                            " ".to_owned(),
                            Span::at(word.span.start as usize),
                            crate::container::PieceKind::Cooked,
                            true,
                        );
                        tokens.push(Token::Bit {
                            bit: Bit::Frag(blank),
                            splits: false,
                            by: None,
                        });
                    }
                    self.part_tokens(&word.parts, &mut tokens);
                }
                Some(token_bits(tokens))
            }
            "printf" => {
                let format = simple.words.get(1)?;
                let bits = self.value_bits(format);
                let known = value::known(&bits)?;
                if matches!(known.as_str(), "%s" | "%s\\n") {
                    let word = simple.words.get(2)?;
                    return (simple.words.len() == 3).then(|| self.value_bits(word));
                }
                (simple.words.len() == 2 && !known.contains(['%', '\\'])).then_some(bits)
            }
            "cat" => match simple
                .redirects
                .iter()
                .rev()
                .find(|r| matches!(r, Redirect::Here { .. }))
            {
                Some(Redirect::Here { word, .. }) if simple.words.len() == 1 => {
                    let written = simple
                        .redirects
                        .iter()
                        .any(|r| matches!(r, Redirect::File { writes: true, .. }));
                    (!written).then(|| self.value_bits(word))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// True for the programs whose text stands in quotes among their words.
pub(super) fn is_quoted(program: &str) -> bool {
    matches!(program, "echo" | "printf")
}
