//! Words of an instruction: splitting at blanks, quotes, and the JSON form.

use std::ops::Range;

/// The words of a part of a line, quotes and escapes kept; and whether every quote was closed.
pub(super) fn split(text: &str, range: &Range<usize>, escape: char) -> (Vec<Range<usize>>, bool) {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.get(range.clone()).unwrap_or("").char_indices();
    while let Some((at, c)) = chars.next() {
        let at = range.start + at;
        if quote.is_none() && c.is_whitespace() {
            if let Some(start) = start.take() {
                words.push(start..at);
            }
            continue;
        }
        start = start.or(Some(at));
        match quote {
            Some(open) if c == open => quote = None,
            Some('\'') => {}
            _ if c == escape => {
                chars.next();
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
    }
    if let Some(start) = start {
        words.push(start..range.end);
    }
    (words, quote.is_none())
}

/// The range without blanks at either end.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or("");
    let left = part.len() - part.trim_start().len();
    let len = part.trim().len();
    range.start + left..range.start + left + len
}

/// One element of the JSON form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// What stands between the quotes.
    pub(super) inner: Range<usize>,
    /// The value, where escapes make it another text than what stands there.
    pub(super) cooked: Option<String>,
}

/// The elements of an array of strings; `None` for anything else, which is then the shell form.
pub(super) fn json(text: &str, range: &Range<usize>) -> Option<Vec<Element>> {
    let mut at = Cursor {
        text: text.get(..range.end)?,
        at: range.start,
    };
    at.blanks();
    at.take('[')?;
    at.blanks();
    let mut elements = Vec::new();
    if at.take(']').is_none() {
        loop {
            at.blanks();
            elements.push(at.string()?);
            at.blanks();
            if at.take(']').is_some() {
                break;
            }
            at.take(',')?;
        }
    }
    at.blanks();
    (at.at == range.end).then_some(elements)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += wanted.len_utf8())
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\r' | '\n')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Option<Element> {
        self.take('"')?;
        let start = self.at;
        let mut value = String::new();
        let mut escaped = false;
        loop {
            let before = self.at;
            match self.next()? {
                '"' => {
                    return Some(Element {
                        inner: start..before,
                        cooked: escaped.then_some(value),
                    });
                }
                '\\' => {
                    escaped = true;
                    value.push(self.escape()?);
                }
                c if u32::from(c) < 0x20 => return None,
                c => value.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            c @ ('"' | '\\' | '/') => c,
            'u' => {
                let digits = self.text.get(self.at..self.at + 4)?;
                if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return None;
                }
                self.at += 4;
                // half of a surrogate pair: what matters here is that it is no plain character
                char::from_u32(u32::from_str_radix(digits, 16).ok()?).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        let (words, _) = split(text, &(0..text.len()), '\\');
        words.into_iter().map(|w| text.get(w).unwrap_or("")).collect()
    }

    #[test]
    fn words_end_at_blanks_outside_quotes() {
        assert_eq!(shown(r#" a="b c"  d\ e 'f "' "#), [r#"a="b c""#, r"d\ e", r#"'f "'"#]);
        assert!(!split("a 'b", &(0..4), '\\').1);
        assert!(split("a '\\' b", &(0..8), '\\').1);
    }

    #[test]
    fn the_json_form_is_an_array_of_strings_and_nothing_else() {
        let of = |text: &str| json(text, &(0..text.len()));
        assert_eq!(
            of(r#" ["a", "b\"c\u0041"] "#),
            Some(vec![
                Element {
                    inner: 3..4,
                    cooked: None
                },
                Element {
                    inner: 8..18,
                    cooked: Some("b\"cA".into())
                },
            ])
        );
        assert_eq!(of("[]"), Some(vec![]));
        for shell in [
            r#"["a","#,
            r#"["a",]"#,
            "['a']",
            r#"["a"] b"#,
            r#"["a" "b"]"#,
            "[ -f x ]",
            r#"["\x"]"#,
            "",
        ] {
            assert_eq!(of(shell), None, "{shell}");
        }
    }
}
