//! Names that stand for what is not known in the text of a script that is made from a string. They are
//! privlint's own, and no reader ever sees them.

use super::eval::Evaluator;
use super::fields::Token;
use super::tree::Part;
use super::value::{Bit, Frag};
use crate::container::{Piece, PieceKind};

/// What every such name begins with.
const NAME: &str = "privlint_hole_";

impl Evaluator<'_> {
    /// The name that a hole goes by in the text that is made around it.
    pub(super) fn placeholder(&mut self, frag: &Frag) -> String {
        let known = self
            .placeholders
            .iter()
            .find(|(_, f)| f.piece == frag.piece && f.file == frag.file);
        if let Some((name, _)) = known {
            return name.clone();
        }
        let name = format!("{NAME}{}", self.placeholders.len());
        self.placeholders.insert(name.clone(), frag.clone());
        name
    }

    /// True for a text in which such a name stands.
    pub(super) fn names_placeholder(&self, text: &str) -> bool {
        !self.placeholders.is_empty() && text.contains(NAME)
    }

    /// The text as it is written in the script, with what the names stand for.
    pub(super) fn outward(&self, text: String) -> String {
        if !self.names_placeholder(&text) {
            return text;
        }
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, name, after)) = next(rest) {
            out.push_str(before);
            match self.placeholders.get(name) {
                Some(frag) => out.push_str(&frag.piece.text),
                None => out.push('…'),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// A text in which nothing expands, such as `'…'`: what the outer script has filled in is filled in.
    pub(super) fn filled_in(&self, part: &Part, out: &mut Vec<Token>) {
        let Part::Text { text, span, kind, .. } = part else {
            return;
        };
        let whole = Piece {
            text: text.clone(),
            span: *span,
            kind: kind.clone(),
        };
        let mut push = |frag: Frag| {
            out.push(Token::Bit {
                bit: Bit::Frag(frag),
                splits: false,
                by: None,
            });
        };
        let mut at = 0;
        while let Some((before, name, after)) = text.get(at..).and_then(next) {
            if !before.is_empty() {
                let piece = whole.cut(at, before);
                push(self.frag(piece.text, piece.span, piece.kind, true));
            }
            match self.placeholders.get(name) {
                Some(frag) => push(frag.clone()),
                None => push(self.frag("…".to_owned(), *span, PieceKind::Cooked, true)),
            }
            at = text.len() - after.len();
        }
        let rest = text.get(at..).unwrap_or("");
        if !rest.is_empty() {
            let piece = whole.cut(at, rest);
            push(self.frag(piece.text, piece.span, piece.kind, true));
        }
    }
}

/// The next `${NAME}` of a text: what stands before it, the name, and what stands after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let at = text.find(NAME)?;
    let digits = text.get(at + NAME.len()..)?;
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let end = at + NAME.len() + length;
    let braced = text.get(..at)?.ends_with("${") && text.get(end..)?.starts_with('}');
    let (from, to) = if braced { (at - 2, end + 1) } else { (at, end) };
    Some((text.get(..from)?, text.get(at..end)?, text.get(to..)?))
}
