//! Where heredocs begin and end, by the bytes.

use super::scan::{Broken, Heredoc, Open, Scanner, is_edge};
use crate::source::Span;

/// A heredoc whose body has not begun.
pub(super) struct Pending {
    operator: Span,
    delimiter: Vec<u8>,
    tabs: bool,
    quoted: bool,
    /// It stands before the command that reads it, or the grammar reads its operator otherwise.
    misread: bool,
}

impl Scanner<'_> {
    /// `<<`, `<<-`, `<<<`
    pub(super) fn operator(&mut self) {
        let start = self.at;
        if self.peek(2) == b'<' {
            self.at += 3;
            return;
        }
        // the grammar reads `-<<EOF` as one word
        let dashed = self.before() == b'-' && self.bytes.get(start.wrapping_sub(2)).is_some_and(|b| is_edge(*b));
        let leads = self.opens_command();
        self.at += 2;
        let tabs = self.peek(0) == b'-';
        if tabs {
            self.at += 1;
        }
        while matches!(self.peek(0), b' ' | b'\t') {
            self.at += 1;
        }
        let mut delimiter = Vec::new();
        let mut quoted = false;
        while self.at < self.bytes.len() {
            let byte = self.peek(0);
            quoted |= matches!(byte, b'\'' | b'"' | b'\\');
            match byte {
                b'\'' | b'"' => {
                    self.at += 1;
                    while self.at < self.bytes.len() && self.peek(0) != byte && self.peek(0) != b'\n' {
                        delimiter.push(self.peek(0));
                        self.at += 1;
                    }
                    self.at += 1;
                }
                b'\\' => {
                    delimiter.push(self.peek(1));
                    self.at += 2;
                }
                b' ' | b'\t' | b'\n' | b'\r' | b';' | b'|' | b'&' | b'<' | b'>' | b'(' | b')' | b'`' => break,
                _ => {
                    delimiter.push(byte);
                    self.at += 1;
                }
            }
        }
        // `1 << 2` in arithmetic that is not seen as such is no heredoc
        let arithmetic = delimiter.first().is_none_or(u8::is_ascii_digit);
        if !arithmetic {
            self.pending.push(Pending {
                operator: Span::new(start, self.at),
                delimiter,
                tabs,
                quoted,
                misread: leads || dashed,
            });
        }
    }

    /// The bodies of the heredocs of the line that just ended.
    pub(super) fn heredocs(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let several = pending.len() > 1;
        for heredoc in pending {
            let start = self.at;
            let mut end = None;
            // the grammar ends a body at a line that only begins with the delimiter
            let mut misread = heredoc.misread;
            while self.at < self.bytes.len() {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                let line = rest.get(..length).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let tabs = if heredoc.tabs {
                    line.iter().take_while(|b| **b == b'\t').count()
                } else {
                    0
                };
                let here = self.at;
                // in `$(cat <<EOF … EOF)` the delimiter may be followed by what closes
                let text = line.get(tabs..).unwrap_or_default();
                self.at = (here + length + 1).min(self.bytes.len());
                if text == heredoc.delimiter.as_slice() {
                    end = Some(Span::new(here, here + length));
                    break;
                }
                misread |= line.trim_ascii_start().starts_with(heredoc.delimiter.as_slice());
                if self.top() == Some(Open::Paren)
                    && text
                        .strip_prefix(heredoc.delimiter.as_slice())
                        .is_some_and(|rest| rest.starts_with(b")"))
                {
                    self.at = here + tabs + heredoc.delimiter.len();
                    end = Some(Span::new(here, self.at));
                    break;
                }
            }
            match end {
                Some(end) if several || misread => self.out.heredocs.push(Heredoc {
                    operator: heredoc.operator,
                    body: Span::new(start, end.start as usize),
                    end,
                    tabs: heredoc.tabs,
                    quoted: heredoc.quoted,
                }),
                Some(_) => {}
                None => {
                    if self.out.broken.is_none() {
                        self.out.broken = Some(Broken {
                            span: heredoc.operator,
                            message: "this heredoc has no line that ends it",
                        });
                    }
                    break;
                }
            }
        }
    }
}
