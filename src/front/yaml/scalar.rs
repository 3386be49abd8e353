//! The value of a scalar, and the bytes that each part of it comes from.

use std::ops::Range;

use super::Style;
use crate::container::{PieceKind, Text};
use crate::source::{Excerpt, Span};

/// A decoded scalar that knows where its characters stand.
#[derive(Clone, Debug)]
pub struct Scalar {
    value: String,
    /// The whole token: quotes, or the `|` of a block, included.
    pub span: Span,
    runs: Vec<Run>,
}

/// A part of the value: either bytes that stand unchanged in the file, or some that are written otherwise.
#[derive(Clone, Debug)]
struct Run {
    start: usize,
    len: usize,
    outer: Span,
    literal: bool,
}

impl Scalar {
    /// Maps `value`, which the parser decoded from the token at `span`. Where the mapping cannot be
    /// followed the whole value counts as written otherwise.
    pub(super) fn new(file: &str, span: Span, style: Style, value: &str) -> Scalar {
        let token = file.get(span.range()).unwrap_or("");
        let mut reader = Reader {
            // the last line end of a block scalar is part of its value, but not of its span
            token: match style {
                Style::BlockScalar => file.get(span.start as usize..).unwrap_or(""),
                _ => token,
            },
            outer: span.start as usize,
            value: String::with_capacity(value.len()),
            runs: Vec::new(),
        };
        match style {
            Style::Single => reader.quoted('\''),
            Style::Double => reader.quoted('"'),
            Style::BlockScalar if token.starts_with('>') => reader.folded_block(value),
            Style::BlockScalar => reader.block(value),
            _ => reader.folded(0, token.len(), None),
        }
        if reader.value != value {
            reader.runs = vec![Run {
                start: 0,
                len: value.len(),
                outer: span,
                literal: token == value,
            }];
        }
        Scalar {
            value: value.to_owned(),
            span,
            runs: reader.runs,
        }
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Appends the part of the value at `range` to a text.
    pub fn push_to(&self, range: Range<usize>, text: &mut Text) {
        let first = self.runs.partition_point(|r| r.start + r.len <= range.start);
        for run in self.runs.iter().skip(first).take_while(|r| r.start < range.end) {
            let from = range.start.max(run.start);
            let to = range.end.min(run.start + run.len);
            let Some(part) = self.value.get(from..to) else { continue };
            let (span, kind) = if run.literal {
                let start = run.outer.start as usize + (from - run.start);
                (Span::new(start, start + part.len()), PieceKind::Literal)
            } else {
                (run.outer, PieceKind::Cooked)
            };
            text.push(part.to_owned(), span, kind);
        }
    }

    /// The bytes of the file that the part of the value at `range` comes from.
    pub fn outer(&self, range: Range<usize>) -> Span {
        let mut text = Text::new();
        self.push_to(range, &mut text);
        if text.is_empty() { self.span } else { text.span() }
    }

    /// The value as a text.
    pub fn text(&self) -> Text {
        let mut text = Text::new();
        self.push_to(0..self.value.len(), &mut text);
        text
    }

    /// The value as a document of its own: shell in a `command:`, a `dockerfile_inline`.
    pub fn excerpt(&self) -> Excerpt {
        let mut excerpt = Excerpt::new();
        for run in &self.runs {
            let part = self.value.get(run.start..run.start + run.len).unwrap_or("");
            if run.literal {
                excerpt.copy(part, run.outer.start as usize);
            } else {
                excerpt.made(part);
            }
        }
        excerpt
    }
}

struct Reader<'a> {
    token: &'a str,
    outer: usize,
    value: String,
    runs: Vec<Run>,
}

impl Reader<'_> {
    fn literal(&mut self, from: usize, to: usize) {
        let Some(part) = self.token.get(from..to).filter(|p| !p.is_empty()) else {
            return;
        };
        let outer = Span::new(self.outer + from, self.outer + to);
        if let Some(last) = self.runs.last_mut()
            && last.literal
            && last.outer.end == outer.start
        {
            last.len += part.len();
            last.outer.end = outer.end;
        } else {
            self.runs.push(Run {
                start: self.value.len(),
                len: part.len(),
                outer,
                literal: true,
            });
        }
        self.value.push_str(part);
    }

    fn cooked(&mut self, value: &str, from: usize, to: usize) {
        if value.is_empty() {
            return;
        }
        self.runs.push(Run {
            start: self.value.len(),
            len: value.len(),
            outer: Span::new(self.outer + from, self.outer + to),
            literal: false,
        });
        self.value.push_str(value);
    }

    fn quoted(&mut self, quote: char) {
        let end = match self.token.strip_suffix(quote) {
            Some(body) if !body.is_empty() => body.len(),
            _ => self.token.len(),
        };
        self.folded(1.min(self.token.len()), end, Some(quote));
    }

    /// Plain and quoted text from `at` to `end`: escapes, and line ends that become blanks.
    fn folded(&mut self, mut at: usize, end: usize, quote: Option<char>) {
        let mut from = at;
        while at < end {
            let rest = self.token.get(at..end).unwrap_or("");
            let Some(c) = rest.chars().next() else { return };
            match c {
                '\'' if quote == Some('\'') => {
                    self.literal(from, at);
                    self.cooked("'", at, at + 2);
                    at += 2;
                    from = at;
                }
                '\\' if quote == Some('"') => {
                    self.literal(from, at);
                    let Some((value, len)) = escape(rest) else { return };
                    self.cooked(&value, at, at + len);
                    at += len;
                    from = at;
                }
                '\n' | '\r' => {
                    let blanks = self.token.get(from..at).unwrap_or("");
                    let kept = from + blanks.trim_end_matches([' ', '\t']).len();
                    self.literal(from, kept);
                    let visible = rest.trim_start_matches([' ', '\t', '\n', '\r']);
                    let to = end - visible.len();
                    let gap = self.token.get(at..to).unwrap_or("").replace("\r\n", "\n");
                    let lines = gap.matches(['\n', '\r']).count();
                    let value = if lines <= 1 {
                        " ".to_owned()
                    } else {
                        "\n".repeat(lines - 1)
                    };
                    self.cooked(&value, kept, to);
                    at = to;
                    from = at;
                }
                c => at += c.len_utf8(),
            }
        }
        self.literal(from, end);
    }

    /// A folded block scalar, line by line: the value has each line of the file, with a blank or line
    /// ends between them.
    fn folded_block(&mut self, value: &str) {
        let Some(mut at) = line_end(self.token) else {
            return;
        };
        let (mut indent, mut end) = (None, at);
        let mut rest = value;
        while !rest.trim_start_matches('\n').is_empty() {
            let lines = self.token.get(at..).unwrap_or("");
            let full = line_end(lines).unwrap_or(lines.len());
            let written = lines.get(..full).unwrap_or("").trim_end_matches(['\n', '\r']);
            let inner = written.trim_start_matches(' ');
            let from = *indent.get_or_insert(written.len() - inner.len());
            let body = written.get(from..).unwrap_or("");
            if full == 0 {
                return;
            }
            if inner.trim().is_empty() {
                if indent == Some(written.len()) {
                    indent = None;
                }
                at += full;
                continue;
            }
            let Some(gap) = rest.find(body) else { return };
            let Some((between, after)) = rest.split_at_checked(gap) else {
                return;
            };
            if !between.chars().all(|c| matches!(c, ' ' | '\n')) {
                return;
            }
            self.cooked(between, end, at + from);
            end = at + written.len();
            self.literal(at + from, end);
            rest = after.get(body.len()..).unwrap_or("");
            at += full;
        }
        self.cooked(rest, end, at);
    }

    /// A block scalar, line by line: each line of the value is looked for on the next line of the file.
    fn block(&mut self, value: &str) {
        let Some(mut at) = line_end(self.token) else {
            return;
        };
        // granit gives the value with plain line feeds, whatever the file uses
        for line in value.split_inclusive('\n') {
            let body = line.strip_suffix('\n').unwrap_or(line);
            let rest = self.token.get(at..).unwrap_or("");
            let full = line_end(rest).unwrap_or(rest.len());
            let written = rest.get(..full).unwrap_or("").trim_end_matches(['\n', '\r']);
            let Some(indent) = written.strip_suffix(body).map(str::len) else {
                return;
            };
            if written.get(..indent).is_some_and(|i| i.trim().is_empty()) {
                self.literal(at + indent, at + written.len());
            } else {
                return;
            }
            if line.ends_with('\n') {
                let from = at + written.len();
                match rest.get(written.len()..full) {
                    Some("\n") => self.literal(from, from + 1),
                    _ => self.cooked("\n", from, at + full),
                }
            }
            at += full;
        }
    }
}

/// The offset behind the first line of a text; `None` where nothing ends it. For YAML a carriage return
/// alone does.
fn line_end(text: &str) -> Option<usize> {
    let at = memchr::memchr2(b'\n', b'\r', text.as_bytes())?;
    let both = text.get(at..).is_some_and(|rest| rest.starts_with("\r\n"));
    Some(at + 1 + usize::from(both))
}

/// An escape of a double-quoted scalar: its value and the bytes it takes.
fn escape(text: &str) -> Option<(String, usize)> {
    let mut chars = text.chars();
    chars.next()?;
    let c = chars.next()?;
    let hex = |digits: usize| {
        let code = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
        Some((char::from_u32(code)?.to_string(), 2 + digits))
    };
    let known = match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' => ' ',
        '"' => '"',
        '/' => '/',
        '\\' => '\\',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hex(2),
        'u' => return hex(4),
        'U' => return hex(8),
        '\n' | '\r' => {
            let rest = text.get(1..)?;
            let line = if rest.starts_with("\r\n") { 2 } else { 1 };
            let rest = rest.get(line..)?;
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            return Some((String::new(), 1 + line + blanks));
        }
        _ => return None,
    };
    Some((known.to_string(), 1 + c.len_utf8()))
}
