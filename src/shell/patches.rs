//! Bytes that the grammar stumbles over where every shell goes on: the parser is shown others in their
//! place. Words are read from the text itself, so nothing of a value is lost.

use super::scan::{Open, Patch, Scanner, is_edge};
use crate::source::Span;

/// Bytes in which the end of something is looked for.
const MAX_AHEAD: usize = 4096;

/// Bytes before a point in which the `[` of a test is looked for.
const MAX_TEST: usize = 1024;

impl Scanner<'_> {
    fn patch(&mut self, start: usize, end: usize, with: u8) {
        if start < end {
            self.out.patches.push(Patch {
                span: Span::new(start, end),
                with,
            });
        }
    }

    fn starts(&self, text: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// Where something ends that `opens` and `closes` nest in, from `from` on; quotes are not looked into.
    /// Text that only opens is not looked through again and again.
    fn closing(&mut self, from: usize, opens: u8, closes: u8) -> Option<usize> {
        if self.ahead == 0 {
            self.too_much();
            return None;
        }
        let found = self.closed(from, opens, closes);
        let looked = found.map_or(MAX_AHEAD, |end| end - from);
        self.ahead = self.ahead.saturating_sub(looked);
        found
    }

    fn closed(&self, from: usize, opens: u8, closes: u8) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let mut depth = 0usize;
        let mut quote = None;
        let mut escaped = false;
        for (i, &byte) in rest.iter().take(MAX_AHEAD).enumerate() {
            if std::mem::take(&mut escaped) {
                continue;
            }
            match (quote, byte) {
                (Some(b'\''), b'\\') => {}
                (_, b'\\') => escaped = true,
                (Some(open), _) if open == byte => quote = None,
                (None, b'\'' | b'"') => quote = Some(byte),
                (None, _) if byte == opens => depth += 1,
                (None, _) if byte == closes => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return Some(from + i),
                },
                _ => {}
            }
        }
        None
    }

    /// After `((` at `at`: true where it is no arithmetic but two parentheses, as in `$((a; b) | c)`. The
    /// parser is then shown blanks for the inner two.
    pub(super) fn doubled(&mut self, at: usize) -> bool {
        let Some(inner) = self.closing(at + 2, b'(', b')') else {
            return false;
        };
        if self.bytes.get(inner + 1) == Some(&b')') {
            return false;
        }
        let outer = self.closing(inner + 1, b'(', b')');
        if outer.is_none() {
            return false;
        }
        self.patch(at + 1, at + 2, b' ');
        self.patch(inner, inner + 1, b' ');
        true
    }

    /// The start of `${…}`: subscripts with a colon, and slices that are worked out.
    pub(super) fn expansion(&mut self) {
        let mut at = self.at + 2;
        let bytes = self.bytes;
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        while byte(at).is_ascii_alphanumeric() || byte(at) == b'_' {
            at += 1;
        }
        if at == self.at + 2 && matches!(byte(at), b'@' | b'*') {
            at += 1;
        }
        let mut patches = Vec::new();
        if byte(at) == b'['
            && let Some(end) = self.closing(at + 1, b'[', b']')
        {
            let subscript = self.bytes.get(at + 1..end).unwrap_or_default();
            let runs = subscript.windows(2).any(|w| w == b"$(") || subscript.contains(&b'`');
            if subscript.iter().any(|b| matches!(b, b':' | b'{')) && !runs {
                patches.push((at + 1, end, b'_'));
            }
            at = end + 1;
        }
        if byte(at) == b':' && !matches!(byte(at + 1), b'-' | b'=' | b'+' | b'?' | b'}') {
            let end = self.closing(at + 1, b'{', b'}').filter(|end| end - at < 256);
            if let Some(end) = end {
                let slice = self.bytes.get(at + 1..end).unwrap_or_default();
                let plain = slice.iter().all(|b| b.is_ascii_digit() || *b == b':');
                let runs = slice.windows(2).any(|w| w == b"$(") || slice.contains(&b'`') || slice.contains(&b'\n');
                if !plain && !runs {
                    patches.push((at + 1, end, b'1'));
                }
            }
        }
        for (start, end, with) in patches {
            self.patch(start, end, with);
        }
    }

    /// One byte within `${…}`, outside of what nests in it.
    pub(super) fn within_expansion(&mut self, byte: u8) {
        if matches!(byte, b'(' | b')' | b';' | b'&' | b'|' | b'<' | b'>') {
            self.patch(self.at, self.at + 1, b'_');
        }
    }

    /// One byte between quotes within `${…}`.
    pub(super) fn quoted_within_expansion(&mut self, byte: u8) {
        if matches!(byte, b'[' | b']' | b'{' | b'}' | b'(' | b')') {
            self.patch(self.at, self.at + 1, b'_');
        }
    }

    /// `'…'` within `${…}`, the quotes at both ends included.
    pub(super) fn single_quoted_within_expansion(&mut self, start: usize, end: usize) {
        let inner = self.bytes.get(start + 1..end.saturating_sub(1)).unwrap_or_default();
        if inner.iter().any(|b| b"[]{}()\\\"".contains(b)) && !inner.contains(&b'\n') {
            self.patch(start + 1, end - 1, b'_');
        }
    }

    /// At the end of a line: true where it is one of a template's, `{%- if a %}`, within a command that the
    /// line before it continues. The template leaves nothing of it behind, and so the command goes on.
    pub(super) fn template_line(&mut self) -> bool {
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let line = before.get(start..).unwrap_or_default().trim_ascii();
        let marked = [(b"{%", b"%}"), (b"{#", b"#}")]
            .iter()
            .any(|(open, close)| line.starts_with(*open) && line.ends_with(*close));
        if !marked || start == 0 {
            return false;
        }
        let earlier = before.get(..start - 1).unwrap_or_default();
        let backslashes = earlier.iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 && self.out.joined.last() != Some(&(start - 1)) {
            return false;
        }
        let special = |byte: &u8| b"{}'\"`()|&;<>$#!\\".contains(byte);
        for (i, byte) in before.iter().enumerate().skip(start) {
            if special(byte) {
                self.out.patches.push(Patch {
                    span: Span::new(i, i + 1),
                    with: b'_',
                });
            }
        }
        self.out.joined.push(self.at);
        true
    }

    /// A byte where words and operators are read.
    pub(super) fn plain_byte(&mut self, byte: u8) {
        let before = self.before();
        let next = self.bytes.get(self.at + 1).copied().unwrap_or(b'\n');
        let at = self.at;
        match byte {
            b'<' if next == b'>' => {
                self.patch(at, at + 1, b'>');
                self.patch(at + 1, at + 2, b' ');
            }
            b'$' if matches!(next, b' ' | b'\t' | b'\n' | b')' | b';') => self.patch(at, at + 1, b'_'),
            b'/' | b'-' if is_edge(before) && matches!(next, b' ') && self.starts_bracket_end() => {
                self.patch(at, at + 1, b'_');
            }
            b'[' if next == b'[' && is_edge(before) => self.test = Some(self.open.len()),
            b']' if next == b']' && is_edge(before) => self.test = None,
            b';' => self.test = None,
            b'*' | b'?' | b'[' | b']' if self.test == Some(self.open.len()) && before != b'[' => {
                self.patch(at, at + 1, b'_');
            }
            b'=' if next == b' ' && self.test == Some(self.open.len()) => self.pattern(),
            b'f' if is_edge(before) && self.starts(b"for") => self.for_loop(),
            b'd' | b'p' | b'n' if (is_edge(before) || before == b'/') && super::loose::names_engine(self.bytes, at) => {
                self.out.engines.push(at);
            }
            b'}' if is_edge(before) && is_edge(next) && matches!(before, b' ' | b'\t') => {
                let near = self.bytes.get(at.saturating_sub(64)..at).unwrap_or_default();
                let blanks = near.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
                let head = near.get(..near.len() - blanks).unwrap_or_default();
                let word = head.rsplit(|b| is_edge(*b)).next().unwrap_or_default();
                if matches!(word, b"fi" | b"done" | b"esac") {
                    self.patch(at - 1, at, b';');
                }
            }
            _ => {}
        }
    }

    /// True after a `[` of its own that no `]` has closed.
    fn within_test(&self) -> bool {
        let near = self
            .bytes
            .get(self.at.saturating_sub(MAX_TEST)..self.at)
            .unwrap_or_default();
        let mut words = near.rsplit(|b| matches!(b, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')'));
        words.find(|word| matches!(*word, b"[" | b"]")) == Some(b"[".as_slice())
    }

    /// `[ x = - ]`: a word of one sign before the end of a test.
    fn starts_bracket_end(&self) -> bool {
        self.bytes
            .get(self.at + 1..)
            .is_some_and(|rest| rest.starts_with(b" ]"))
    }

    /// `for x do`
    fn for_loop(&mut self) {
        let rest = self.bytes.get(self.at + 3..).unwrap_or_default();
        let line = rest.get(..MAX_AHEAD.min(rest.len())).unwrap_or_default();
        let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let word = line.get(blanks..).unwrap_or_default();
        let start = self.at + 3 + blanks;
        let name = word
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let after = word.get(name..).unwrap_or_default();
        let gap = after.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let keyword = after.get(gap..).unwrap_or_default();
        if blanks > 0 && name > 0 && gap > 0 && keyword.starts_with(b"do") && keyword.get(2).is_none_or(|b| is_edge(*b))
        {
            self.patch(start + name, start + name + 1, b';');
        }
    }

    /// Arithmetic from `from` on: nothing in it but what it runs matters.
    pub(super) fn arithmetic(&mut self, from: usize) {
        let Some(end) = self.closing(from, b'(', b')') else {
            return;
        };
        let inner = self.bytes.get(from..end).unwrap_or_default();
        let runs = inner.windows(3).any(|w| w.starts_with(b"$(") && w != b"$((") || inner.contains(&b'`');
        if runs || !inner.is_ascii() {
            return;
        }
        let mut start = from;
        let mut parts = Vec::new();
        for part in inner.split(|b| *b == b';') {
            if !part.trim_ascii().is_empty() {
                parts.push((start, start + part.len()));
            }
            start += part.len() + 1;
        }
        for (start, end) in parts {
            self.patch(start, end, b'1');
        }
    }

    /// True in `${x//pattern/…}` and its like, where a quote quotes even within `"…"`.
    pub(super) fn in_pattern(&self) -> bool {
        let Some(&(Open::Brace, at)) = self.open.last() else {
            return false;
        };
        let rest = self.bytes.get(at + 2..).unwrap_or_default();
        let name = rest
            .iter()
            .take(64)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        name > 0 && matches!(rest.get(name), Some(b'/' | b'%' | b'#'))
    }

    /// `a = *"b"*` within `[[`: the pattern.
    fn pattern(&mut self) {
        let start = self.at + 2;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let rest = rest.get(..MAX_AHEAD.min(rest.len())).unwrap_or_default();
        let mut quote = None;
        let mut depth = 0usize;
        let mut length = rest.len();
        for (i, &byte) in rest.iter().enumerate() {
            match (quote, byte) {
                (_, b'`' | b'\\' | b'\n') => return,
                (_, b'$') if rest.get(i + 1) == Some(&b'(') => return,
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'(') => depth += 1,
                (None, b')') if depth > 0 => depth -= 1,
                (None, b' ' | b'\t' | b';' | b')') => {
                    length = i;
                    break;
                }
                _ => {}
            }
        }
        let word = rest.get(..length).unwrap_or_default();
        if !word.iter().any(|b| matches!(b, b'*' | b'?' | b'[' | b'(')) || !word.is_ascii() {
            return;
        }
        self.patch(start, start + length, b'_');
    }

    /// `[ a \> b ]`
    pub(super) fn escaped(&mut self) {
        let next = self.bytes.get(self.at + 1).copied().unwrap_or(0);
        let after = self.bytes.get(self.at + 2).copied().unwrap_or(b'\n');
        match self.top() {
            Some(Open::Brace) if next != b'\n' => self.patch(self.at, self.at + 2, b'_'),
            None | Some(Open::Paren | Open::Backtick)
                if matches!(next, b'<' | b'>') && is_edge(self.before()) && is_edge(after) =>
            {
                self.patch(self.at, self.at + 2, b'=');
            }
            // `[ \( a \) -o \( b \) ]`
            None | Some(Open::Paren | Open::Backtick)
                if matches!(next, b'(' | b')') && is_edge(self.before()) && self.within_test() =>
            {
                self.patch(self.at, self.at + 2, b' ');
            }
            _ => {}
        }
    }
}
