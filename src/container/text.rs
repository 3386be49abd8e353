//! Text that may not be wholly known: `"$PWD/conf"` is a hole and `/conf`.

use std::borrow::Cow;

use crate::source::Span;

/// A value as written: known pieces and holes, each with the bytes it comes from.
///
/// Two texts are equal when they say the same, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pieces: Vec<Piece>,
}

/// A part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What is known: the value; for a hole, how it is written.
    pub text: String,
    /// The bytes it comes from, in the file of the place that holds the text. The empty span where
    /// it stands nowhere (a default of the engine).
    pub span: Span,
    /// How the bytes and the value relate.
    pub kind: PieceKind,
}

/// How the bytes of a piece and its value relate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// The bytes at the span are the value.
    Literal,
    /// The value is known, but written otherwise: an escape, a variable whose value is known.
    Cooked,
    /// The value is known as the text stands, but whoever runs it may give another: `${NAME:-value}`.
    Assumed,
    /// The value is only known when it runs.
    Hole(Hole),
}

/// What is known of a value that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The directory the command runs in: `$PWD`, `$(pwd)`.
    WorkingDirectory,
    /// The directory of the script or of the project's files: `$(dirname "$0")`.
    ScriptDirectory,
    /// The user's home: `$HOME`, `~`, `%h`.
    Home,
    /// Any other variable or parameter, by name.
    Variable(String),
    /// The output of a command, or anything else.
    Other,
}

impl Text {
    /// A text of no characters.
    pub fn new() -> Text {
        Text::default()
    }

    /// A text that stands byte for byte at `span`.
    pub fn literal(text: impl Into<String>, span: Span) -> Text {
        let mut out = Text::new();
        out.push(text.into(), span, PieceKind::Literal);
        out
    }

    /// A known text that is written otherwise, or nowhere (then `span` is empty).
    pub fn cooked(text: impl Into<String>, span: Span) -> Text {
        let mut out = Text::new();
        out.push(text.into(), span, PieceKind::Cooked);
        out
    }

    /// A text of which only the writing is known.
    pub fn hole(written: impl Into<String>, span: Span, hole: Hole) -> Text {
        let mut out = Text::new();
        out.push(written.into(), span, PieceKind::Hole(hole));
        out
    }

    /// Appends a piece; literal pieces that stand side by side become one. An empty known piece is dropped.
    pub fn push(&mut self, text: String, span: Span, kind: PieceKind) {
        if text.is_empty() && !matches!(kind, PieceKind::Hole(_)) {
            return;
        }
        if kind == PieceKind::Literal
            && let Some(last) = self.pieces.last_mut()
            && last.kind == PieceKind::Literal
            && last.span.end == span.start
        {
            last.text.push_str(&text);
            last.span.end = span.end;
            return;
        }
        self.pieces.push(Piece { text, span, kind });
    }

    /// Appends another text.
    pub fn append(&mut self, other: Text) {
        for piece in other.pieces {
            self.push(piece.text, piece.span, piece.kind);
        }
    }

    /// The pieces.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The value, if all of it is known.
    pub fn known(&self) -> Option<Cow<'_, str>> {
        if self.pieces.iter().any(Piece::is_hole) {
            return None;
        }
        Some(match self.pieces.as_slice() {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(&one.text),
            many => Cow::Owned(many.iter().map(|p| p.text.as_str()).collect()),
        })
    }

    /// True when all of it is known and equals `text`.
    pub fn is(&self, text: &str) -> bool {
        self.known().is_some_and(|known| known == text)
    }

    /// What it can be called by in a sentence: as it is written, unless that tells a reader nothing, as
    /// the parameters of a function (`$1`) and whole arrays do, or several variables with nothing between them.
    pub fn name(&self) -> Option<String> {
        let telling = |hole: &Hole| match hole {
            Hole::Variable(name) => {
                let numbered = name.starts_with(|c: char| c.is_ascii_digit() || "@*#?$!".contains(c));
                !numbered && !name.ends_with("[@]") && !name.ends_with("[*]")
            }
            _ => true,
        };
        let holes = || {
            self.pieces.iter().filter_map(|piece| match &piece.kind {
                PieceKind::Hole(hole) => Some(hole),
                _ => None,
            })
        };
        let words = self.pieces.len() > holes().count();
        ((words || holes().count() < 2) && holes().all(telling) && !self.is_empty()).then(|| self.shown())
    }

    /// The value, holes as they are written.
    pub fn shown(&self) -> String {
        self.pieces.iter().map(|p| p.text.as_str()).collect()
    }

    /// True when nothing was written: the empty word.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// True when some of it is not known.
    pub fn has_hole(&self) -> bool {
        self.pieces.iter().any(Piece::is_hole)
    }

    /// True when some of it may be another value than the one that is known.
    pub fn is_assumed(&self) -> bool {
        self.pieces.iter().any(|piece| piece.kind == PieceKind::Assumed)
    }

    /// The text with a hole for each value that may be another.
    pub fn opened(&self) -> Text {
        let mut out = Text::new();
        for piece in &self.pieces {
            match piece.kind {
                PieceKind::Assumed => out.push("…".to_owned(), piece.span, PieceKind::Hole(Hole::Other)),
                _ => push(&mut out, piece.clone()),
            }
        }
        out
    }

    /// The known characters it begins with.
    pub fn known_prefix(&self) -> String {
        self.pieces
            .iter()
            .take_while(|p| !p.is_hole())
            .map(|p| p.text.as_str())
            .collect()
    }

    /// The hole it begins with, if it begins with one.
    pub fn leading_hole(&self) -> Option<&Hole> {
        match self.pieces.first().map(|p| &p.kind) {
            Some(PieceKind::Hole(hole)) => Some(hole),
            _ => None,
        }
    }

    /// The bytes from the first piece to the last; the empty span at 0 for the empty text.
    pub fn span(&self) -> Span {
        match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) if first.span.start <= last.span.end => first.span.to(last.span),
            (Some(first), _) => first.span,
            _ => Span::default(),
        }
    }

    /// The parts between each `separator` in the known pieces. Always at least one part.
    pub fn split(&self, separator: char) -> Vec<Text> {
        let mut parts = vec![Text::new()];
        for piece in &self.pieces {
            if piece.is_hole() {
                push_to_last(&mut parts, piece.clone());
                continue;
            }
            let mut at = 0;
            for part in piece.text.split_inclusive(separator) {
                let body = part.strip_suffix(separator).unwrap_or(part);
                push_to_last(&mut parts, piece.cut(at, body));
                at += part.len();
                if body.len() < part.len() {
                    parts.push(Text::new());
                }
            }
        }
        parts
    }

    /// What stands before and after the first `separator` in the known pieces.
    pub fn split_once(&self, separator: char) -> Option<(Text, Text)> {
        let mut before = Text::new();
        for (i, piece) in self.pieces.iter().enumerate() {
            if !piece.is_hole()
                && let Some((head, tail)) = piece.text.split_once(separator)
            {
                push(&mut before, piece.cut(0, head));
                let mut after = Text::new();
                push(&mut after, piece.cut(piece.text.len() - tail.len(), tail));
                for rest in self.pieces.iter().skip(i + 1) {
                    push(&mut after, rest.clone());
                }
                return Some((before, after));
            }
            push(&mut before, piece.clone());
        }
        None
    }

    /// The rest after a known prefix.
    pub fn strip_prefix(&self, prefix: &str) -> Option<Text> {
        let mut rest = prefix;
        let mut out = Text::new();
        for piece in &self.pieces {
            if rest.is_empty() {
                push(&mut out, piece.clone());
            } else if piece.is_hole() {
                return None;
            } else if let Some(tail) = piece.text.strip_prefix(rest) {
                rest = "";
                push(&mut out, piece.cut(piece.text.len() - tail.len(), tail));
            } else {
                rest = rest.strip_prefix(piece.text.as_str())?;
            }
        }
        rest.is_empty().then_some(out)
    }
}

impl Piece {
    /// True when the value is not known.
    pub fn is_hole(&self) -> bool {
        matches!(self.kind, PieceKind::Hole(_))
    }

    /// The part `body` that begins at byte `at` of this known piece. Of a literal piece it keeps its own bytes.
    pub fn cut(&self, at: usize, body: &str) -> Piece {
        let span = match self.kind {
            PieceKind::Literal => {
                let start = self.span.start as usize + at;
                Span::new(start, start + body.len())
            }
            _ => self.span,
        };
        Piece {
            text: body.to_owned(),
            span,
            kind: self.kind.clone(),
        }
    }
}

fn push(text: &mut Text, piece: Piece) {
    text.push(piece.text, piece.span, piece.kind);
}

fn push_to_last(parts: &mut [Text], piece: Piece) {
    if let Some(last) = parts.last_mut() {
        push(last, piece);
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        let said = |t: &Text| {
            let mut runs: Vec<(String, bool)> = Vec::new();
            for piece in &t.pieces {
                match runs.last_mut() {
                    Some((text, hole)) if !*hole && !piece.is_hole() => text.push_str(&piece.text),
                    _ => runs.push((piece.text.clone(), piece.is_hole())),
                }
            }
            runs
        };
        said(self) == said(other)
    }
}

impl Eq for Text {}

#[cfg(test)]
mod tests {
    use super::*;

    fn pwd_certs() -> Text {
        let mut text = Text::hole("$(pwd)", Span::new(1, 7), Hole::WorkingDirectory);
        text.push("/certs:/certs".into(), Span::new(8, 21), PieceKind::Literal);
        text
    }

    #[test]
    fn splitting_keeps_the_bytes_of_each_part() {
        let parts = pwd_certs().split(':');
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].shown(), "$(pwd)/certs");
        assert_eq!(parts[1].span(), Span::new(15, 21));
        assert!(parts[1].is("/certs"));
    }

    #[test]
    fn what_tells_a_reader_nothing_is_no_name() {
        let text = |parts: &[(&str, Option<&str>)]| {
            let mut text = Text::new();
            for (i, (piece, hole)) in parts.iter().enumerate() {
                let kind = match hole {
                    Some(name) => PieceKind::Hole(Hole::Variable((*name).to_owned())),
                    None => PieceKind::Literal,
                };
                text.push((*piece).to_owned(), Span::new(i * 10, i * 10 + 5), kind);
            }
            text.name()
        };
        assert_eq!(text(&[("redis:7", None)]).as_deref(), Some("redis:7"));
        assert_eq!(
            text(&[("redis:", None), ("$TAG", Some("TAG"))]).as_deref(),
            Some("redis:$TAG")
        );
        assert_eq!(text(&[("$IMAGE", Some("IMAGE"))]).as_deref(), Some("$IMAGE"));
        assert_eq!(text(&[("$1", Some("1"))]), None);
        assert_eq!(text(&[("redis:", None), ("${2}", Some("2"))]), None);
        assert_eq!(text(&[("$@", Some("@"))]), None);
        assert_eq!(text(&[("${env}", Some("env")), ("${env}", Some("env"))]), None);
    }

    #[test]
    fn prefixes_cross_pieces_and_stop_at_holes() {
        let mut text = Text::literal("la", Span::new(0, 2));
        text.push("bel=x".into(), Span::new(4, 9), PieceKind::Literal);
        assert!(text.strip_prefix("label=").is_some_and(|t| t.is("x")));
        assert!(pwd_certs().strip_prefix("/").is_none());
    }

    #[test]
    fn an_assumed_value_is_known_until_it_is_opened() {
        let mut text = Text::literal("registry:", Span::new(0, 9));
        text.push("2.8".into(), Span::new(9, 18), PieceKind::Assumed);
        assert!(text.is("registry:2.8") && text.is_assumed());
        let tag = text.split_once(':').map(|(_, tag)| tag).unwrap_or_default();
        assert!(tag.is_assumed() && tag.split('.').iter().all(Text::is_assumed));
        let opened = text.opened();
        assert!(opened.has_hole() && !opened.is_assumed());
        assert_eq!(opened.known_prefix(), "registry:");
    }

    #[test]
    fn equality_is_of_what_is_said() {
        let mut split = Text::literal("a", Span::new(0, 1));
        split.push("b".into(), Span::new(5, 6), PieceKind::Cooked);
        assert_eq!(split, Text::literal("ab", Span::new(9, 11)));
    }
}
