//! Text and where things stand in it.
//!
//! A [`Span`] counts bytes. A [`Position`] counts lines and Unicode code points from 1, as editors
//! do, and keeps the byte. Everything else in the crate speaks in spans; positions are made only
//! for a reader.
#![allow(clippy::string_slice)] // the one layer that may slice: every slice here is checked first

mod excerpt;

pub use excerpt::Excerpt;

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to `end`. Offsets beyond `u32::MAX` saturate: no file that large is read.
    pub fn new(start: usize, end: usize) -> Span {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            start: narrow(start),
            end: narrow(end.max(start)),
        }
    }

    /// The empty span at a byte offset.
    pub fn at(offset: usize) -> Span {
        Span::new(offset, offset)
    }

    /// The span as a `usize` range, for indexing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// True when no byte lies in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True when every byte of `other` lies in this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// True when the two share a byte, or touch where one of them is empty.
    pub fn touches(self, other: Span) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The smallest span over both.
    pub fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The span moved by a number of bytes to the right.
    pub fn shift(self, by: usize) -> Span {
        Span::new(self.start as usize + by, self.end as usize + by)
    }
}

/// A place as a reader counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Position {
    /// Line, from 1. Lines end at `\n`, `\r\n`, or a lone `\r`.
    pub line: u32,
    /// Column, from 1, in Unicode code points. A byte-order mark is not a column.
    pub column: u32,
    /// Offset in the file, in bytes from 0.
    pub byte: u32,
}

/// How the lines of a file end; an inserted line ends the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnding {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r` alone
    Cr,
}

impl LineEnding {
    /// The bytes that end a line.
    pub fn as_str(self) -> &'static str {
        match self {
            LineEnding::Lf => "\n",
            LineEnding::CrLf => "\r\n",
            LineEnding::Cr => "\r",
        }
    }
}

/// A text with a line feed for every carriage return that ends a line alone, for readers that take the two
/// for the same. Every byte stands where it stood.
pub fn with_feeds(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let ends_line = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(ends_line) {
        return Cow::Borrowed(text);
    }
    let feed = |(at, c)| if c == '\r' && ends_line(at) { '\n' } else { c };
    text.char_indices().map(feed).collect()
}

/// The UTF-8 byte-order mark.
pub const BOM: &str = "\u{feff}";

/// One file's text, with its line starts.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user would write it, relative to where the run started.
    pub path: PathBuf,
    text: String,
    line_starts: Vec<u32>,
    /// Characters before each block of the text: columns of a very long line are not counted from its start.
    chars_before: Vec<u32>,
}

/// Bytes of a block of which the characters before it are known.
const BLOCK: usize = 1024;

impl Source {
    /// Takes the text of a file as read, byte-order mark and line endings included.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Source {
        let text = text.into();
        let bytes = text.as_bytes();
        let mut line_starts = vec![0];
        for (i, &b) in bytes.iter().enumerate() {
            let ends_line = match b {
                b'\n' => true,
                b'\r' => bytes.get(i + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                line_starts.push(u32::try_from(i + 1).unwrap_or(u32::MAX));
            }
        }
        let mut chars_before = Vec::with_capacity(bytes.len() / BLOCK + 1);
        let mut chars = 0;
        for block in bytes.chunks(BLOCK) {
            chars_before.push(chars);
            chars += u32::try_from(starts(block)).unwrap_or(u32::MAX);
        }
        Source {
            path: path.into(),
            text,
            line_starts,
            chars_before,
        }
    }

    /// Characters before a byte offset.
    fn chars_to(&self, byte: usize) -> usize {
        let block = (byte / BLOCK).min(self.chars_before.len().saturating_sub(1));
        let before = self.chars_before.get(block).map_or(0, |&n| n as usize);
        let rest = self.text.as_bytes().get(block * BLOCK..byte.min(self.text.len()));
        before + rest.map_or(0, starts)
    }

    /// Number of characters that begin in a span.
    pub fn chars_in(&self, span: Span) -> usize {
        let (start, end) = (self.chars_to(span.start as usize), self.chars_to(span.end as usize));
        end.saturating_sub(start)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The path with forward slashes, for output that is the same on every system.
    pub fn shown_path(&self) -> String {
        shown_path(&self.path)
    }

    /// The text at a span; empty where the span does not lie on character boundaries inside the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Bytes the byte-order mark takes at the start: 0 or 3.
    pub fn bom_len(&self) -> usize {
        if self.text.starts_with(BOM) { BOM.len() } else { 0 }
    }

    /// The ending of the first line that has one; `\n` for a text of one line.
    pub fn line_ending(&self) -> LineEnding {
        let bytes = self.text.as_bytes();
        match memchr::memchr2(b'\n', b'\r', bytes) {
            Some(i) if bytes[i] == b'\n' => LineEnding::Lf,
            Some(i) if bytes.get(i + 1) == Some(&b'\n') => LineEnding::CrLf,
            Some(_) => LineEnding::Cr,
            None => LineEnding::Lf,
        }
    }

    /// Number of lines; a final line ending does not start another.
    pub fn line_count(&self) -> u32 {
        let lines = self.line_starts.len();
        let last_is_empty = self.line_starts.last().is_some_and(|&s| s as usize == self.text.len());
        let count = if last_is_empty && lines > 1 { lines - 1 } else { lines };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The line, from 1, that a byte offset stands on.
    pub fn line_of(&self, offset: u32) -> u32 {
        let i = self.line_starts.partition_point(|&start| start <= offset);
        u32::try_from(i.max(1)).unwrap_or(u32::MAX)
    }

    /// Line, column and byte of an offset. An offset past the end is taken as the end, one inside a
    /// character as that character's start.
    pub fn position(&self, offset: u32) -> Position {
        let mut byte = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.line_of(byte as u32);
        let start = self.line_starts[line as usize - 1] as usize;
        let start = if start == 0 { self.bom_len().min(byte) } else { start };
        let column = self.chars_in(Span::new(start, byte)) + 1;
        Position {
            line,
            column: u32::try_from(column).unwrap_or(u32::MAX),
            byte: byte as u32,
        }
    }

    /// The bytes of a line, counted from 1, without its ending. Past the last line: the empty span at the end.
    pub fn line_span(&self, line: u32) -> Span {
        let index = line.max(1) as usize - 1;
        let Some(&start) = self.line_starts.get(index) else {
            return Span::at(self.text.len());
        };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&e| e as usize);
        let body = self.text[start as usize..end].trim_end_matches(['\n', '\r']);
        Span::new(start as usize, start as usize + body.len())
    }

    /// The bytes of a line with its ending.
    pub fn full_line_span(&self, line: u32) -> Span {
        let index = line.max(1) as usize - 1;
        let Some(&start) = self.line_starts.get(index) else {
            return Span::at(self.text.len());
        };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&e| e as usize);
        Span::new(start as usize, end)
    }

    /// The blanks and tabs that a line begins with (the byte-order mark is passed over).
    pub fn indent_of(&self, line: u32) -> &str {
        let text = self.slice(self.line_span(line)).trim_start_matches(BOM);
        &text[..text.len() - text.trim_start_matches([' ', '\t']).len()]
    }
}

/// Number of characters that begin in some bytes of a text.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count()
}

/// A path with forward slashes and without a leading `./`. No two paths are shown alike: a name that
/// is not UTF-8 is written as bash would quote it, and so is one that could be taken for such.
pub fn shown_path(path: &Path) -> String {
    let path = match path.strip_prefix(".") {
        Ok(rest) if !rest.as_os_str().is_empty() => rest,
        _ => path,
    };
    match path.to_str() {
        #[cfg(windows)]
        Some(text) => text.replace('\\', "/"),
        #[cfg(not(windows))]
        Some(text) if !text.starts_with("$'") => text.to_owned(),
        _ => quoted(path),
    }
}

/// A path as bash's `$'…'`.
fn quoted(path: &Path) -> String {
    let mut out = String::from("$'");
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if matches!(c, '\'' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('\'');
    out
}

/// A path without `.` and without `..` behind a name. Links are not followed: only the text decides.
pub fn normal_path(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_code_points_and_skip_the_byte_order_mark() {
        let source = Source::new("a", "\u{feff}é=1\r\nxy\rz\n");
        assert_eq!(
            source.position(3),
            Position {
                line: 1,
                column: 1,
                byte: 3
            }
        );
        assert_eq!(
            source.position(5),
            Position {
                line: 1,
                column: 2,
                byte: 5
            }
        );
        assert_eq!(source.position(9).line, 2);
        assert_eq!(
            source.position(12),
            Position {
                line: 3,
                column: 1,
                byte: 12
            }
        );
        assert_eq!(source.line_count(), 3);
        assert_eq!(source.line_ending(), LineEnding::CrLf);
        assert_eq!(source.slice(source.line_span(2)), "xy");
    }

    #[test]
    fn columns_of_a_long_line_are_counted_from_the_block_before() {
        let source = Source::new("a", format!("é\n{}x", "abé".repeat(5000)));
        assert_eq!(source.position(3 + 4 * 5000).column, 3 * 5000 + 1);
        assert_eq!(source.chars_in(Span::new(3, 3 + 4 * 700)), 3 * 700);
        assert_eq!(source.chars_in(Span::new(0, 99_999)), 15_003);
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_is_pulled_back() {
        let source = Source::new("a", "é");
        assert_eq!(source.position(1).byte, 0);
        assert_eq!(source.position(99).byte, 2);
    }
}
