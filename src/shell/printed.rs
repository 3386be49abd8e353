//! What `echo`, `printf` and `cat <<EOF` print.

use super::eval::Evaluator;
use super::expand::token_bits;
use super::fields::Token;
use super::tree::{Redirect, Simple, Word};
use super::value::{self, Bit};
use crate::container::PieceKind;
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
                let mut escapes = false;
                for (i, word) in simple.words.iter().skip(1).enumerate() {
                    if i == 0
                        && let [super::tree::Part::Text { text, .. }] = word.parts.as_slice()
                        && matches!(text.as_str(), "-n" | "-e" | "-ne" | "-en" | "-E")
                    {
                        escapes = text.contains('e');
                        continue;
                    }
                    self.printed_word(word, &mut tokens);
                }
                let bits = token_bits(tokens);
                if escapes { unescaped(bits) } else { Some(bits) }
            }
            "printf" => {
                let format = simple.words.get(1)?;
                let bits = self.value_bits(format);
                let known = value::known(&bits)?;
                if matches!(known.as_str(), "%s" | "%s\\n") {
                    let word = simple.words.get(2)?;
                    return (simple.words.len() == 3).then(|| self.value_bits(word));
                }
                if simple.words.len() > 2 && matches!(known.trim_end_matches([' ', '\\', 'n']), "%s" | "%q") {
                    return Some(self.printed_each(simple));
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

    /// `printf '%s ' a b`: the format is used for each word.
    fn printed_each(&mut self, simple: &Simple) -> Vec<Bit> {
        let mut tokens = Vec::new();
        for word in simple.words.iter().skip(2) {
            self.printed_word(word, &mut tokens);
        }
        token_bits(tokens)
    }

    /// A word, behind a blank where another one was printed before.
    fn printed_word(&mut self, word: &Word, tokens: &mut Vec<Token>) {
        if !tokens.is_empty() {
            let start = Span::at(word.span.start as usize);
            let blank = self.frag(" ".to_owned(), start, PieceKind::Cooked, true);
            tokens.push(Token::Bit {
                bit: Bit::Frag(blank),
                splits: false,
                by: None,
            });
        }
        self.part_tokens(&word.parts, tokens);
    }
}

/// What `echo -e` makes of its words; `None` where it is more than ends of lines and tabs.
fn unescaped(bits: Vec<Bit>) -> Option<Vec<Bit>> {
    let mut out = Vec::new();
    for bit in bits {
        let Bit::Frag(frag) = bit else { return None };
        if frag.piece.is_hole() || !frag.piece.text.contains('\\') {
            out.push(Bit::Frag(frag));
            continue;
        }
        let text = frag.piece.text.clone();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('\\') {
            let at = text.len() - rest.len();
            let made = match after.chars().next()? {
                'n' => "\n",
                't' => "\t",
                '\\' => "\\",
                _ => return None,
            };
            let mut kept = frag.clone();
            kept.piece = frag.piece.cut(at, before);
            out.push(Bit::Frag(kept));
            let mut escape = frag.clone();
            escape.piece = frag.piece.cut(at + before.len(), after.get(..1)?);
            escape.piece.text = made.to_owned();
            escape.piece.kind = PieceKind::Cooked;
            out.push(Bit::Frag(escape));
            rest = after.get(1..)?;
        }
        let mut last = frag.clone();
        last.piece = frag.piece.cut(text.len() - rest.len(), rest);
        out.push(Bit::Frag(last));
    }
    Some(out)
}

/// True for the programs whose text stands in quotes among their words.
pub(super) fn is_quoted(program: &str) -> bool {
    matches!(program, "echo" | "printf")
}
