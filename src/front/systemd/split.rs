//! Values to words, as systemd and podman's generator split them.
//!
//! Sources: systemd `src/basic/extract-word.c`, `src/basic/escape.c`; podman 5.8
//! `pkg/systemd/parser/split.go`.

use std::ops::Range;

/// Words of one value that are read.
const MAX_WORDS: usize = 20_000;

/// What quotes and backslashes mean in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::front) enum Quoting {
    /// Quotes go, a backslash is one: podman's lists of words.
    Words,
    /// Quotes go, a backslash begins an escape of C; podman drops a line with an unknown one.
    Arguments,
    /// The same by systemd, which keeps an unknown escape as it is, and drops a line with an open quote.
    Exec,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::front) struct Chunk {
    pub(in crate::front) text: String,
    /// Where it stands in the value.
    pub(in crate::front) range: Range<usize>,
    /// True where the bytes there are the text.
    pub(in crate::front) literal: bool,
}

/// A word of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::front) struct Word {
    pub(in crate::front) chunks: Vec<Chunk>,
    /// Where it stands in the value, quotes included.
    pub(in crate::front) range: Range<usize>,
}

impl Word {
    /// The word as the program would get it.
    pub(in crate::front) fn text(&self) -> String {
        self.chunks.iter().map(|chunk| chunk.text.as_str()).collect()
    }

    fn push(&mut self, text: &str, range: Range<usize>, literal: bool) {
        if let Some(last) = self.chunks.last_mut()
            && last.literal
            && literal
            && last.range.end == range.start
        {
            last.text.push_str(text);
            last.range.end = range.end;
            return;
        }
        self.chunks.push(Chunk {
            text: text.to_owned(),
            range,
            literal,
        });
    }
}

/// The words of a value; `Err` with the offset of what cannot be read, because of which the whole line
/// is dropped.
pub(in crate::front) fn split(value: &str, quoting: Quoting) -> Result<Vec<Word>, usize> {
    let mut words = Vec::new();
    let mut at = 0;
    let last = value.rfind("}}").unwrap_or(0);
    // what is longer nobody wrote
    while words.len() < MAX_WORDS {
        at += blanks(value.get(at..).unwrap_or(""));
        if at >= value.len() {
            return Ok(words);
        }
        let word = word(value, at, quoting, last)?;
        at = word.range.end;
        // podman's generator takes an empty word for the end
        if word.chunks.is_empty() && quoting != Quoting::Exec {
            return Ok(words);
        }
        words.push(word);
    }
    Ok(words)
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// The word that begins at an offset; `last` is where the last end of a template stands.
fn word(value: &str, start: usize, quoting: Quoting, last: usize) -> Result<Word, usize> {
    let mut word = Word::default();
    let mut quote: Option<(char, usize)> = None;
    let mut at = start;
    while let Some(c) = value.get(at..).and_then(|rest| rest.chars().next()) {
        let mut next = at + c.len_utf8();
        // what a template fills in is one word
        if quote.is_none() && c == '{' && at < last {
            let rest = value.get(at..).unwrap_or("");
            let end = rest.starts_with("{{").then(|| rest.find("}}")).flatten();
            next = end.map_or(next, |end| at + end + 2);
        }
        match (quote, c) {
            (None, ' ' | '\t' | '\n' | '\r') => break,
            (None, '"' | '\'') => quote = Some((c, at)),
            (Some((open, _)), c) if c == open => quote = None,
            (_, '\\') if quoting != Quoting::Words => {
                let rest = value.get(next..).unwrap_or("");
                match (escape(rest), quoting) {
                    (Some((text, len)), _) => {
                        word.push(&text, at..next + len, false);
                        at = next + len;
                        continue;
                    }
                    // a lone backslash at the end is eaten
                    (None, Quoting::Arguments) if rest.is_empty() => {}
                    (None, Quoting::Arguments) => return Err(at),
                    (None, _) => word.push("\\", at..next, true),
                }
            }
            _ => word.push(value.get(at..next).unwrap_or(""), at..next, true),
        }
        at = next;
    }
    word.range = start..at;
    match quote {
        Some((_, open)) if quoting != Quoting::Arguments => Err(open),
        _ => Ok(word),
    }
}

/// What stands behind a backslash, and how many bytes it has.
fn escape(rest: &str) -> Option<(String, usize)> {
    let first = rest.chars().next()?;
    let plain = match first {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        's' => ' ',
        '\\' | '"' | '\'' => first,
        'x' => return number(rest.get(1..3)?, 16, 3),
        'u' => return number(rest.get(1..5)?, 16, 5),
        'U' => return number(rest.get(1..9)?, 16, 9),
        '0'..='7' => return number(rest.get(..3)?, 8, 3).filter(|(text, _)| text.chars().all(|c| c <= '\u{ff}')),
        _ => return None,
    };
    Some((plain.to_string(), 1))
}

fn number(digits: &str, radix: u32, len: usize) -> Option<(String, usize)> {
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = u32::from_str_radix(digits, radix).ok().filter(|value| *value > 0)?;
    Some((char::from_u32(value)?.to_string(), len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(value: &str, quoting: Quoting) -> Option<Vec<String>> {
        let words = split(value, quoting).ok()?;
        Some(words.iter().map(Word::text).collect())
    }

    #[test]
    fn quotes_and_escapes() {
        let given = |value: &str, quoting| words(value, quoting).map(|w| w.join("|"));
        assert_eq!(
            given(r#"a 'b c' d"e f"g"#, Quoting::Words),
            Some("a|b c|de fg".to_owned())
        );
        assert_eq!(given(r"a\nb", Quoting::Words), Some(r"a\nb".to_owned()));
        assert_eq!(given(r"a\x41\sb '\101'", Quoting::Arguments), Some("aA b|A".to_owned()));
        assert_eq!(given(r"--privileged a=\q", Quoting::Arguments), None);
        assert_eq!(given(r"a=\q", Quoting::Exec), Some(r"a=\q".to_owned()));
        assert_eq!(given("a 'b c", Quoting::Arguments), Some("a|b c".to_owned()));
        assert_eq!(given("a 'b c", Quoting::Words), None);
        assert_eq!(given(r#"a "" b"#, Quoting::Arguments), Some("a".to_owned()));
        assert_eq!(given(r#"a "" b"#, Quoting::Exec), Some("a||b".to_owned()));
    }
}
