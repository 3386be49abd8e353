//! A pass over the bytes before the parser: what the grammar cannot read is masked, and what is
//! surely broken (an unterminated quote, a heredoc without its end) is found.

use std::borrow::Cow;

use super::heredocs::Pending;
use crate::source::Span;

/// Bytes that the parser is shown in the place of others, one for each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    pub(super) span: Span,
    pub(super) with: u8,
}

/// What the pass found. Spans count in the text itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// `` `# why` ``, a comment between the words of a command.
    pub(super) inline_comments: Vec<Span>,
    /// `;&` and `;;&`, which the parser is shown as `;;`.
    pub(super) fallthroughs: Vec<Span>,
    /// The backslash of `\docker`, which only keeps an alias away.
    pub(super) bare_escapes: Vec<Span>,
    /// Heredocs on a line that has several, and those that the grammar ends too early: the parser is shown none of them.
    pub(super) heredocs: Vec<Heredoc>,
    /// Ends of lines that the parser is shown as blanks.
    pub(super) joined: Vec<usize>,
    /// What else the parser is shown otherwise.
    pub(super) patches: Vec<Patch>,
    /// Where an engine's name stands outside of quotes, comments and heredocs.
    pub(super) engines: Vec<usize>,
    /// The first place where too much was open to be followed.
    pub(super) too_deep: Option<Span>,
    /// What is surely broken.
    pub(super) broken: Option<Broken>,
}

/// A heredoc.
#[derive(Clone, Debug)]
pub(super) struct Heredoc {
    /// From `<<` to the end of the delimiter.
    pub(super) operator: Span,
    /// The lines between, without the one that ends it.
    pub(super) body: Span,
    /// The line that ends it.
    pub(super) end: Span,
    /// `<<-`: tabs at the start of its lines do not count.
    pub(super) tabs: bool,
    /// The delimiter is quoted: nothing in it expands.
    pub(super) quoted: bool,
}

/// Something no shell would accept.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) span: Span,
    pub(super) message: &'static str,
}

/// What is open at a point of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// `"`
    Double,
    /// `$(` or `(`
    Paren,
    /// `${`
    Brace,
    /// `` ` ``
    Backtick,
    /// `$((` or `((`
    Arithmetic,
}

/// Things open at once that are followed; deeper ones are not looked into.
const MAX_OPEN: usize = 4096;

/// Bytes before a point in which the start of its command is looked for.
const MAX_LED: usize = 256;

/// Bytes that are looked at ahead of the scan: this many, and some for each byte of the text.
const AHEAD: usize = 1 << 20;
const AHEAD_PER_BYTE: usize = 16;

/// Passes over a text.
pub(super) fn scan(text: &str) -> Scan {
    Scanner {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        pending: Vec::new(),
        test: None,
        ahead: text.len().saturating_mul(AHEAD_PER_BYTE).saturating_add(AHEAD),
        out: Scan::default(),
    }
    .run()
}

pub(super) struct Scanner<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) open: Vec<(Open, usize)>,
    pub(super) pending: Vec<Pending>,
    /// How much was open where the `[[` began that is read.
    pub(super) test: Option<usize>,
    /// How many more bytes may be looked at ahead.
    pub(super) ahead: usize,
    pub(super) out: Scan,
}

impl Scanner<'_> {
    pub(super) fn peek(&self, by: usize) -> u8 {
        self.bytes.get(self.at + by).copied().unwrap_or(0)
    }

    pub(super) fn before(&self) -> u8 {
        self.at
            .checked_sub(1)
            .and_then(|i| self.bytes.get(i))
            .copied()
            .unwrap_or(b'\n')
    }

    fn push(&mut self, open: Open) {
        if self.open.len() < MAX_OPEN {
            self.open.push((open, self.at));
        } else {
            self.too_much();
        }
    }

    /// Notes the first place from which on not all is followed.
    pub(super) fn too_much(&mut self) {
        if self.out.too_deep.is_none() {
            self.out.too_deep = Some(Span::new(self.at, self.at + 1));
        }
    }

    pub(super) fn top(&self) -> Option<Open> {
        self.open.last().map(|(open, _)| *open)
    }

    /// True where words, comments and operators are read.
    fn plain(&self) -> bool {
        matches!(self.top(), None | Some(Open::Paren | Open::Backtick))
    }

    fn run(mut self) -> Scan {
        while self.at < self.bytes.len() {
            self.step();
        }
        let unclosed = self
            .open
            .iter()
            .find(|(open, _)| matches!(open, Open::Double | Open::Backtick));
        if self.out.broken.is_none()
            && let Some(&(open, at)) = unclosed
            && self.open.len() < MAX_OPEN
        {
            let message = match open {
                Open::Double => "this quote is never closed",
                _ => "this backtick is never closed",
            };
            self.out.broken = Some(Broken {
                span: Span::new(at, at + 1),
                message,
            });
        }
        self.out
    }

    fn step(&mut self) {
        let byte = self.peek(0);
        if byte == b'\\' {
            if self.peek(1).is_ascii_alphabetic() && self.plain() && self.opens_command() {
                self.out.bare_escapes.push(Span::new(self.at, self.at + 1));
            }
            self.escaped();
            self.at += 2;
            return;
        }
        if byte == b'\n' && self.pending.is_empty() && self.plain() && self.template_line() {
            self.at += 1;
            return;
        }
        if byte == b'\n' && !self.pending.is_empty() && self.plain() {
            self.at += 1;
            self.heredocs();
            return;
        }
        match self.top() {
            None | Some(Open::Paren | Open::Backtick) => self.plain_byte(byte),
            Some(Open::Brace) => self.within_expansion(byte),
            Some(Open::Double)
                if self
                    .open
                    .iter()
                    .rev()
                    .nth(1)
                    .is_some_and(|(open, _)| *open == Open::Brace) =>
            {
                self.quoted_within_expansion(byte);
            }
            _ => {}
        }
        match (self.top(), byte) {
            (Some(Open::Double), b'"') => {
                self.open.pop();
            }
            (_, b'"') => self.push(Open::Double),
            (Some(Open::Double), b'\'') => {}
            (Some(Open::Arithmetic), b'\'') => {}
            // in `"${x:-it's}"` the quote is a plain character
            (Some(Open::Brace), b'\'') if self.in_pattern() => return self.single_quoted(),
            (Some(Open::Brace), b'\'') if self.open.iter().any(|(open, _)| *open == Open::Double) => {}
            (_, b'\'') => return self.single_quoted(),
            (top, b'`') => {
                if top != Some(Open::Backtick) && self.peek(1) == b'`' {
                    // nothing at all is run
                    self.out.patches.push(Patch {
                        span: Span::new(self.at, self.at + 2),
                        with: b'_',
                    });
                    self.at += 2;
                    return;
                }
                if top == Some(Open::Backtick) {
                    self.open.pop();
                } else if self.plain() && self.inline_comment() {
                    return;
                } else if let Some(at) = self.open.iter().rposition(|(open, _)| *open == Open::Backtick) {
                    self.open.truncate(at);
                } else {
                    self.push(Open::Backtick);
                }
            }
            (_, b'$') if self.peek(1) == b'(' => {
                let arithmetic = self.peek(2) == b'(' && !self.doubled(self.at + 1);
                if arithmetic {
                    self.arithmetic(self.at + 3);
                }
                self.push(if arithmetic { Open::Arithmetic } else { Open::Paren });
                self.at += if arithmetic { 3 } else { 2 };
                return;
            }
            (_, b'$') if self.peek(1) == b'{' => {
                self.expansion();
                self.push(Open::Brace);
                self.at += 2;
                return;
            }
            (_, b'$') if self.peek(1) == b'\'' && self.top() != Some(Open::Double) => return self.ansi_quoted(),
            (_, b'$') if matches!(self.peek(1), b'#' | b'$' | b'?' | b'!' | b'*' | b'@' | b'-') => {
                self.at += 2;
                return;
            }
            (Some(Open::Brace), b'}') => {
                self.open.pop();
            }
            (Some(Open::Arithmetic), b')') if self.peek(1) == b')' => {
                self.open.pop();
                self.at += 1;
            }
            (Some(Open::Paren), b')') => {
                self.open.pop();
            }
            (None | Some(Open::Paren | Open::Backtick), b'(')
                if self.peek(1) == b'(' && is_edge(self.before()) && !self.doubled(self.at) =>
            {
                self.arithmetic(self.at + 2);
                self.push(Open::Arithmetic);
                self.at += 1;
            }
            (None | Some(Open::Paren | Open::Backtick), b'(') => {
                // the `)` of a case pattern has no partner; one that is open needs one
                self.push(Open::Paren);
            }
            (None | Some(Open::Paren | Open::Backtick), b'#') if is_edge(self.before()) => return self.comment(),
            (None | Some(Open::Paren | Open::Backtick), b'<') if self.peek(1) == b'<' => return self.operator(),
            (None | Some(Open::Paren | Open::Backtick), b';') if self.peek(1) == b'&' => {
                if self.before() == b';' {
                    // `;;&` is shown as `;;`
                    self.out.patches.push(Patch {
                        span: Span::new(self.at + 1, self.at + 2),
                        with: b' ',
                    });
                } else {
                    self.out.fallthroughs.push(Span::new(self.at, self.at + 2));
                }
                self.at += 1;
            }
            _ => {}
        }
        self.at += 1;
    }

    fn comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if self.top() == Some(Open::Backtick) {
            length = length.min(memchr::memchr(b'`', rest).unwrap_or(rest.len()));
        }
        self.at += length.max(1);
    }

    /// `` `# why` `` on one line.
    fn inline_comment(&mut self) -> bool {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let blanks = rest.iter().take_while(|b| **b == b' ' || **b == b'\t').count();
        if rest.get(blanks) != Some(&b'#') {
            return false;
        }
        let Some(length) = memchr::memchr2(b'`', b'\n', rest).filter(|at| rest.get(*at) == Some(&b'`')) else {
            return false;
        };
        self.out.inline_comments.push(Span::new(self.at, self.at + length + 2));
        self.at += length + 2;
        true
    }

    fn single_quoted(&mut self) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        match memchr::memchr(b'\'', rest) {
            Some(length) => {
                if self.top() == Some(Open::Brace) {
                    self.single_quoted_within_expansion(self.at, self.at + length + 2);
                }
                self.at += length + 2;
            }
            None => {
                if self.out.broken.is_none() {
                    self.out.broken = Some(Broken {
                        span: Span::new(self.at, self.at + 1),
                        message: "this quote is never closed",
                    });
                }
                self.at = self.bytes.len();
            }
        }
    }

    fn ansi_quoted(&mut self) {
        let start = self.at;
        self.at += 2;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
        if self.out.broken.is_none() {
            self.out.broken = Some(Broken {
                span: Span::new(start, start + 2),
                message: "this quote is never closed",
            });
        }
    }

    /// True where a command begins, or the redirects before one.
    pub(super) fn opens_command(&self) -> bool {
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let near = before.get(before.len().saturating_sub(MAX_LED)..).unwrap_or_default();
        let ends = |b: &u8| matches!(b, b'\n' | b';' | b'&' | b'|' | b'(' | b'`');
        let line = match near.iter().rposition(ends) {
            Some(end)
                if near
                    .get(..end)
                    .is_some_and(|b| b.ends_with(b"\\") || b.ends_with(b"\\\r")) =>
            {
                return false;
            }
            Some(end) => near.get(end + 1..).unwrap_or_default(),
            None if near.len() < before.len() => return false,
            None => near,
        };
        let words = line.split(|b| matches!(b, b' ' | b'\t' | b'\r'));
        let mut words = words.filter(|w| !w.is_empty());
        words.all(|word| {
            let target = word.iter().any(|b| matches!(b, b'<' | b'>'));
            target
                || matches!(
                    word,
                    b"then" | b"do" | b"else" | b"{" | b"!" | b"if" | b"while" | b"until"
                )
        })
    }
}

pub(super) fn is_edge(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')' | b'`'
    )
}

/// The text with what the grammar cannot read overwritten, byte for byte as long.
pub(super) fn masked<'a>(text: &'a str, scan: &Scan) -> Cow<'a, str> {
    // shells drop NUL; the grammar's scanner reads a run of them again and again
    let nul = memchr::memchr(0, text.as_bytes()).is_some();
    let lists = [&scan.inline_comments, &scan.fallthroughs, &scan.bare_escapes];
    if lists.iter().all(|list| list.is_empty()) && scan.heredocs.is_empty() && scan.patches.is_empty() && !nul {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    if nul {
        for byte in bytes.iter_mut().filter(|b| **b == 0) {
            *byte = b' ';
        }
    }
    let mut fill = |span: Span, with: Option<u8>| {
        for byte in bytes.get_mut(span.range()).unwrap_or_default() {
            if *byte != b'\n' && *byte != b'\r' {
                *byte = with.unwrap_or(b' ');
            }
        }
    };
    for &span in scan.inline_comments.iter().chain(&scan.bare_escapes) {
        fill(span, None);
    }
    for &span in &scan.fallthroughs {
        fill(span, Some(b';'));
    }
    for patch in &scan.patches {
        fill(patch.span, Some(patch.with));
    }
    for heredoc in &scan.heredocs {
        fill(heredoc.operator, None);
        fill(heredoc.body, None);
        fill(heredoc.end, None);
    }
    for &end in &scan.joined {
        if let Some(byte) = bytes.get_mut(end) {
            *byte = b' ';
        }
    }
    // only whole characters were overwritten, and only by ASCII
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}
