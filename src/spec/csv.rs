//! Splitting at commas as the engines split: one CSV record, by the rules of Go's `encoding/csv`.

use crate::container::{PieceKind, Text};
use crate::source::Span;

/// The fields of the first record; none for an empty text.
///
/// # Errors
/// What the engines refuse: a quote in the middle of a bare field, or one that is never closed.
pub fn fields(text: &Text) -> Result<Vec<Text>, &'static str> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if !text
        .pieces()
        .iter()
        .any(|p| !p.is_hole() && p.text.contains(['"', '\n', '\r']))
    {
        return Ok(text.split(','));
    }
    quoted(text)
}

/// Where the reader stands.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    Bare,
    Quoted,
    Closed,
}

fn quoted(text: &Text) -> Result<Vec<Text>, &'static str> {
    let mut fields = vec![Text::new()];
    let mut state = State::Start;
    for piece in text.pieces() {
        if piece.is_hole() {
            if state == State::Closed {
                return Err("a quote ends in the middle of a field");
            }
            push(&mut fields, piece.text.clone(), piece.span, piece.kind.clone());
            if state == State::Start {
                state = State::Bare;
            }
            continue;
        }
        for (at, character) in piece.text.char_indices() {
            let span = match piece.kind {
                PieceKind::Literal => {
                    let start = piece.span.start as usize + at;
                    Span::new(start, start + character.len_utf8())
                }
                _ => piece.span,
            };
            match (state, character) {
                (State::Start, '"') => state = State::Quoted,
                (State::Bare, '"') => return Err("a quote stands in the middle of a field"),
                (State::Quoted, '"') => state = State::Closed,
                (State::Closed, '"') => {
                    push(&mut fields, "\"".into(), span, PieceKind::Cooked);
                    state = State::Quoted;
                }
                (State::Start | State::Bare | State::Closed, ',') => {
                    fields.push(Text::new());
                    state = State::Start;
                }
                // a blank line before the record is passed over; one after it ends the record
                (State::Start, '\n' | '\r') if fields.len() == 1 => {}
                (State::Start | State::Bare | State::Closed, '\n') => return Ok(fields),
                (State::Bare | State::Closed, '\r') => {}
                (State::Closed, _) => return Err("a quote ends in the middle of a field"),
                (State::Quoted, _) => push(&mut fields, character.into(), span, piece.kind.clone()),
                (State::Start | State::Bare, _) => {
                    push(&mut fields, character.into(), span, piece.kind.clone());
                    state = State::Bare;
                }
            }
        }
    }
    if state == State::Quoted {
        return Err("a quote is never closed");
    }
    Ok(fields)
}

fn push(fields: &mut [Text], text: String, span: Span, kind: PieceKind) {
    if let Some(last) = fields.last_mut() {
        last.push(text, span, kind);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::Hole;

    fn split(text: &str) -> Result<Vec<String>, &'static str> {
        let parts = fields(&Text::literal(text, Span::new(0, text.len())))?;
        Ok(parts.iter().map(Text::shown).collect())
    }

    #[test]
    fn fields_are_those_of_go() {
        assert_eq!(split("a,b,").unwrap(), ["a", "b", ""]);
        assert_eq!(split(r#""a,b",c"#).unwrap(), ["a,b", "c"]);
        assert_eq!(split(r#""a""b""#).unwrap(), [r#"a"b"#]);
        assert_eq!(split("").unwrap(), Vec::<String>::new());
        assert!(split(r#"a"b"#).is_err());
        assert!(split(r#""a"#).is_err());
        assert!(split(r#""a"b"#).is_err());
    }

    #[test]
    fn holes_keep_their_place_and_hide_no_comma() {
        let mut text = Text::literal("\"src=", Span::new(0, 5));
        text.push(
            "$X".into(),
            Span::new(5, 7),
            PieceKind::Hole(Hole::Variable("X".into())),
        );
        text.push("\",ro".into(), Span::new(7, 11), PieceKind::Literal);
        let parts = fields(&text).unwrap();
        assert_eq!(parts[0].shown(), "src=$X");
        assert_eq!(parts[0].span(), Span::new(1, 7));
        assert_eq!(parts[1].span(), Span::new(9, 11));
    }
}
