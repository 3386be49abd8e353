//! Words: quoting, escapes and expansions, each part with its bytes.
//!
//! The tree says where the expansions of a word stand; everything between them is its text. Reading
//! the text from the bytes keeps what the grammar drops, such as blanks at the start of a string.

use tree_sitter::Node;

use super::statements::{Reader, children};
use super::tree::{Index, Operation, Param, Part, Statement, StatementKind, Word};
use crate::container::PieceKind;

/// How backslashes and quotes act on text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Outside quotes.
    None,
    /// Between `"`.
    Double,
    /// In a heredoc that expands.
    Heredoc,
}

/// Bytes of a written expansion that are kept for showing.
const MAX_WRITTEN: usize = 400;

impl Reader<'_> {
    /// A word; `None` for punctuation and comments.
    pub(super) fn word(&mut self, node: Node, depth: u32) -> Option<Word> {
        if node.is_error() {
            // something the grammar cannot read stands between the words: it may hold anything
            return (node.end_byte() > node.start_byte()).then(|| self.unreadable(node));
        }
        if !node.is_named() || node.kind() == "comment" {
            return None;
        }
        let (start, end) = (node.start_byte(), node.end_byte());
        if start == end {
            return None;
        }
        let mut word = Word {
            span: self.span(node),
            parts: Vec::new(),
            quoted: false,
        };
        self.words.push(start..end);
        self.part(node, Quoting::None, &mut word, depth);
        self.take_tilde(start, &mut word);
        Some(word)
    }

    pub(super) fn unreadable(&self, node: Node) -> Word {
        let span = self.span(node);
        Word {
            span,
            parts: vec![Part::Opaque {
                written: format!("{} …", shortened(self.text(node).trim())),
                span,
                quoted: false,
                splits: true,
            }],
            quoted: false,
        }
    }

    /// The parts of any node that are expansions, as of a quoted word: for tests and arithmetic.
    pub(super) fn parts_of(&mut self, node: Node, depth: u32) -> Vec<Part> {
        let mut word = Word {
            span: self.span(node),
            parts: Vec::new(),
            quoted: true,
        };
        self.between(
            node,
            node.start_byte(),
            node.end_byte(),
            Quoting::None,
            &mut word,
            depth,
        );
        word.parts
            .retain(|p| matches!(p, Part::Command { .. } | Part::Param(_)));
        word.parts
    }

    /// Text as it stands, as a word without quotes.
    pub(super) fn plain_word(&self, start: usize, end: usize) -> Word {
        let mut word = Word {
            span: self.document.span(start, end),
            parts: Vec::new(),
            quoted: false,
        };
        self.push_all(start, end, false, &mut word);
        word
    }

    /// Where the text of an expansion begins.
    pub(super) fn begin(&self, node: Node) -> usize {
        let text = self.text(node);
        node.start_byte() + (text.len() - text.trim_start().len())
    }

    fn part(&mut self, node: Node, quoting: Quoting, word: &mut Word, depth: u32) {
        if !self.may_enter(node, depth) {
            let unreadable = self.unreadable(node);
            word.parts.extend(unreadable.parts);
            return;
        }
        let depth = depth + 1;
        let (start, end) = (self.begin(node), node.end_byte());
        let text = self.text(node).trim_start();
        let span = self.document.span(start, end);
        let quoted = quoting != Quoting::None;
        match node.kind() {
            "string" => {
                word.quoted = true;
                let closed = end > start + 1 && text.ends_with('"');
                let end = if closed { end - 1 } else { end };
                self.between(node, start + 1, end, Quoting::Double, word, depth);
            }
            "raw_string" => {
                word.quoted = true;
                let closed = end > start + 1 && text.ends_with('\'');
                self.raw(start + 1, if closed { end - 1 } else { end }, word);
            }
            "ansi_c_string" => {
                word.quoted = true;
                let inner = self
                    .text(node)
                    .strip_prefix("$'")
                    .and_then(|t| t.strip_suffix('\''))
                    .unwrap_or("");
                if inner.contains('\\') {
                    word.parts.push(Part::Text {
                        text: super::ansi::decode_ansi(inner),
                        span,
                        kind: PieceKind::Cooked,
                        quoted: true,
                    });
                } else {
                    self.raw(start + 2, start + 2 + inner.len(), word);
                }
            }
            "simple_expansion" => {
                let written = text;
                word.parts.push(Part::Param(Box::new(Param {
                    name: written.strip_prefix('$').unwrap_or(written).to_owned(),
                    index: Index::None,
                    operation: Operation::Plain,
                    written: written.to_owned(),
                    span,
                    quoted,
                })));
            }
            "expansion" => self.expansion(node, quoting, word, depth),
            "command_substitution" | "process_substitution" => {
                let mut body = Vec::new();
                self.block(node, &mut body, depth);
                word.parts.push(Part::Command {
                    body: body.into(),
                    written: shortened(text),
                    span,
                    quoted,
                    process: node.kind() == "process_substitution",
                });
            }
            "arithmetic_expansion" => {
                let mut inner = self.parts_of(node, depth);
                inner.retain(|part| matches!(part, Part::Command { .. }));
                if inner.is_empty() {
                    word.parts.push(Part::Opaque {
                        written: shortened(text),
                        span,
                        quoted,
                        splits: false,
                    });
                    return;
                }
                // a number, but what is run for it is run
                let runs = Word {
                    span,
                    parts: inner,
                    quoted: true,
                };
                let kind = StatementKind::Test {
                    inner: vec![runs],
                    empty_name: None,
                };
                word.parts.push(Part::Command {
                    body: vec![Statement { span, kind }].into(),
                    written: shortened(text),
                    span,
                    quoted,
                    process: true,
                });
            }
            _ => self.between(node, node.start_byte(), end, quoting, word, depth),
        }
    }

    /// The text from `start` to `end` with the expansions that stand in it.
    pub(super) fn between(
        &mut self,
        node: Node,
        start: usize,
        end: usize,
        quoting: Quoting,
        word: &mut Word,
        depth: u32,
    ) {
        let mut at = start;
        for kid in children(node) {
            if kid.start_byte() < at || kid.end_byte() > end || kid.start_byte() == kid.end_byte() {
                continue;
            }
            let reads = matches!(
                kid.kind(),
                "string"
                    | "translated_string"
                    | "raw_string"
                    | "ansi_c_string"
                    | "simple_expansion"
                    | "expansion"
                    | "command_substitution"
                    | "process_substitution"
                    | "arithmetic_expansion"
            );
            if quoting != Quoting::None && matches!(kid.kind(), "raw_string" | "ansi_c_string") {
                continue; // quotes are plain characters there
            }
            if !reads && kid.child_count() == 0 {
                continue;
            }
            // the grammar lets an expansion begin with the blanks before it
            let mut gap = if reads { self.begin(kid) } else { kid.start_byte() };
            if kid.kind() == "string" && gap > at && self.document.slice(gap - 1, gap) == "$" {
                gap -= 1; // $"…" is translated text
            }
            if let Some(close) = self.backticks(at, gap, end, quoting, word) {
                at = close;
                continue;
            }
            self.literal(at, gap, quoting, word);
            self.part(kid, quoting, word, depth);
            at = kid.end_byte();
        }
        if let Some(close) = self.backticks(at, end, end, quoting, word) {
            at = close;
        }
        self.literal(at, end, quoting, word);
    }

    /// A command in backticks that the grammar takes for plain text, as in a default: where it ends. It opens
    /// before `gap`.
    fn backticks(&mut self, at: usize, gap: usize, end: usize, quoting: Quoting, word: &mut Word) -> Option<usize> {
        if quoting == Quoting::Heredoc || gap <= at {
            return None;
        }
        let plain = self.document.slice(at, gap);
        let escaped = |text: &str, i: usize| text.get(..i).is_some_and(|before| before.ends_with('\\'));
        let open = plain.match_indices('`').map(|(i, _)| i).find(|i| !escaped(plain, *i))?;
        let inner = self.document.slice(at + open + 1, end);
        let close = inner.match_indices('`').map(|(i, _)| i).find(|i| !escaped(inner, *i))?;
        let close = at + open + 1 + close + 1;
        self.literal(at, at + open, quoting, word);
        word.parts.push(Part::Opaque {
            written: shortened(self.document.slice(at + open, close)),
            span: self.document.span(at + open, close),
            quoted: quoting != Quoting::None,
            splits: quoting == Quoting::None,
        });
        Some(close)
    }

    pub(super) fn raw(&mut self, start: usize, end: usize, word: &mut Word) {
        self.strings.push(start..end);
        self.push(start, end, true, word);
    }

    /// Bytes that are the value, the tabs that are dropped left out.
    fn push(&self, start: usize, end: usize, quoted: bool, word: &mut Word) {
        let Some(tabs) = &self.tabs else {
            return self.push_all(start, end, quoted, word);
        };
        let mut at = start;
        for line in self.document.slice(start, end).split_inclusive('\n') {
            let dropped = if tabs.may_drop(self.document.text, at) {
                line.len() - line.trim_start_matches('\t').len()
            } else {
                0
            };
            self.push_all(at + dropped, at + line.len(), quoted, word);
            at += line.len();
        }
    }

    fn push_all(&self, start: usize, end: usize, quoted: bool, word: &mut Word) {
        if start >= end {
            return;
        }
        let text = self.document.slice(start, end).to_owned();
        let (span, kind) = match self.document.exact(start, end) {
            Some(span) => (span, PieceKind::Literal),
            None => (self.document.span(start, end), PieceKind::Cooked),
        };
        word.parts.push(Part::Text {
            text,
            span,
            kind,
            quoted,
        });
    }

    /// Text with its backslashes.
    pub(super) fn literal(&mut self, start: usize, end: usize, quoting: Quoting, word: &mut Word) {
        let quoted = quoting != Quoting::None;
        if quoted {
            self.strings.push(start..end);
        }
        let text = self.document.slice(start, end);
        // the grammar misses what expands in a heredoc after a backslash, and what stands in backticks
        let missed = quoting == Quoting::Heredoc && text.contains(['$', '`']);
        if !text.contains('\\') && !missed {
            self.push(start, end, quoted, word);
            return;
        }
        let bytes = text.as_bytes();
        let mut run = 0;
        let mut i = 0;
        while let Some(&byte) = bytes.get(i) {
            if matches!(byte, b'$' | b'`')
                && missed
                && let Some((length, part)) = self.missed_expansion(start + i, end)
            {
                self.push(start + run, start + i, quoted, word);
                word.parts.push(part);
                i += length;
                run = i;
                continue;
            }
            if byte != b'\\' {
                i += 1;
                continue;
            }
            let rest = text.get(i + 1..).unwrap_or("");
            let Some(next) = rest.chars().next() else { break };
            let taken = match quoting {
                Quoting::None => true,
                Quoting::Double => matches!(next, '$' | '`' | '"' | '\\' | '\n' | '\r'),
                Quoting::Heredoc => matches!(next, '$' | '`' | '\\' | '\n' | '\r'),
            };
            if !taken {
                i += 1;
                continue;
            }
            self.push(start + run, start + i, quoted, word);
            let mut length = next.len_utf8();
            if rest.starts_with("\r\n") {
                length = 2;
            }
            if !matches!(next, '\n' | '\r') {
                let span = self.document.span(start + i, start + i + 1 + length);
                word.parts.push(Part::Text {
                    text: next.to_string(),
                    span,
                    kind: PieceKind::Cooked,
                    quoted: true,
                });
            }
            i += 1 + length;
            run = i;
        }
        self.push(start + run, end, quoted, word);
    }

    /// An unquoted `~` or `~/` at the start of a word is the home.
    fn take_tilde(&mut self, start: usize, word: &mut Word) {
        let Some(Part::Text {
            text,
            span,
            kind,
            quoted: false,
        }) = word.parts.first()
        else {
            return;
        };
        if self.document.slice(start, start + 1) != "~" || *kind != PieceKind::Literal {
            return;
        }
        let name = text.split('/').next().unwrap_or("").to_owned();
        let (text, span) = (text.clone(), *span);
        let Some(rest) = text.strip_prefix(name.as_str()) else {
            return;
        };
        let home = crate::source::Span::new(span.start as usize, span.start as usize + name.len());
        let first = if name == "~" {
            Part::Home {
                written: name.clone(),
                span: home,
            }
        } else {
            Part::Opaque {
                written: name.clone(),
                span: home,
                quoted: true,
                splits: false,
            }
        };
        let rest = Part::Text {
            text: rest.to_owned(),
            span: crate::source::Span {
                start: home.end,
                end: span.end,
            },
            kind: PieceKind::Literal,
            quoted: false,
        };
        word.parts.splice(0..1, [first, rest]);
    }
}

pub(super) fn shortened(text: &str) -> String {
    if text.len() <= MAX_WRITTEN {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MAX_WRITTEN).collect();
    short.push('…');
    short
}
