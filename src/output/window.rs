//! The lines of files that a diagnostic shows, cut out and made harmless.
//!
//! Only the lines with labels and their neighbours are handed to the renderer, so that a huge file
//! costs no more than a small one; of a very long line, only the part around the labels.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use super::plain::{Marks, plain};
use crate::source::{Source, Span};

/// Characters of a line that are shown at most.
const LINE_CAP: usize = 320;
/// Characters that are kept before the first label of a line that is cut.
const BEFORE: usize = 60;

/// The lines that one diagnostic shows, of one or several files.
#[derive(Default)]
pub(crate) struct Windows {
    windows: Vec<Window>,
}

struct Window {
    name: String,
    text: String,
    /// By line index from 0, the bytes of a line in `text`, with its line ending.
    lines: BTreeMap<usize, Range<usize>>,
    /// Where each line begins in `text`, with its index.
    begins: Vec<(usize, usize)>,
    /// The true column, from 1, of each label's first byte in `text`.
    columns: HashMap<usize, usize>,
}

impl Windows {
    /// Adds a file with its labelled spans; gives the file's id and the spans as the renderer counts
    /// them. A span over several lines is cut to its first.
    pub(crate) fn add(&mut self, source: &Source, spans: &[Span]) -> (usize, Vec<Range<usize>>) {
        let mut window = Window {
            name: plain(&source.shown_path()).into_owned(),
            text: String::new(),
            lines: BTreeMap::new(),
            begins: Vec::new(),
            columns: HashMap::new(),
        };
        let spans: Vec<Span> = spans.iter().map(|span| first_line(source, *span)).collect();
        let mut wanted: BTreeMap<u32, Vec<Span>> = BTreeMap::new();
        for span in &spans {
            let line = source.line_of(span.start);
            for near in [line.saturating_sub(1), line + 1] {
                if near >= 1 && near <= source.line_count() {
                    wanted.entry(near).or_default();
                }
            }
            wanted.entry(line).or_default().push(*span);
        }
        let mut places: HashMap<u32, usize> = HashMap::new();
        for (line, labels) in wanted {
            window.add_line(source, line, &labels, &mut places);
        }
        let ranges = spans
            .iter()
            .map(|span| {
                let at = |byte: u32| places.get(&byte).copied().unwrap_or(0);
                let range = at(span.start)..at(span.end).max(at(span.start));
                let column = source.position(span.start).column as usize;
                window.columns.insert(range.start, column);
                range
            })
            .collect();
        self.windows.push(window);
        (self.windows.len() - 1, ranges)
    }

    fn get(&self, id: usize) -> Result<&Window, Error> {
        self.windows.get(id).ok_or(Error::FileMissing)
    }
}

/// The part of a span on its first line; an end inside a character goes back to its start.
fn first_line(source: &Source, span: Span) -> Span {
    let start = source.position(span.start).byte;
    let line = source.line_span(source.line_of(start));
    let start = start.min(line.end);
    let end = source.position(span.end).byte.clamp(start, line.end.max(start));
    Span { start, end }
}

impl Window {
    /// Appends a line, and notes where each label's first and last byte went.
    fn add_line(&mut self, source: &Source, line: u32, labels: &[Span], places: &mut HashMap<u32, usize>) {
        let span = source.line_span(line);
        let body = source.slice(span);
        let begin = self.text.len();
        let shown = shown_part(source, span, labels);
        if shown.start > 0 {
            self.text.push_str("...");
        }
        let mut marks: Vec<u32> = labels.iter().flat_map(|l| [l.start, l.end]).collect();
        marks.sort_unstable();
        let mut marks = marks.into_iter().peekable();
        let first_line = line == 1;
        let mut marks_of_line = Marks::default();
        for (at, c) in body.get(shown.clone()).unwrap_or("").char_indices() {
            let at = shown.start + at;
            let byte = Span::at(span.start as usize + at).start;
            while let Some(mark) = marks.next_if(|m| *m <= byte) {
                places.insert(mark, self.text.len());
            }
            let is_bom = first_line && at == 0 && c == '\u{feff}';
            if !is_bom {
                self.text.push(marks_of_line.shown(c));
            }
        }
        for mark in marks {
            places.insert(mark, self.text.len());
        }
        if shown.end < body.len() {
            self.text.push_str("...");
        }
        self.text.push('\n');
        let index = (line as usize).saturating_sub(1);
        self.lines.insert(index, begin..self.text.len());
        self.begins.push((begin, index));
    }
}

/// The bytes of a line that are shown: all, or those around the labels.
fn shown_part(source: &Source, span: Span, labels: &[Span]) -> Range<usize> {
    let body = source.slice(span);
    if source.chars_in(span) <= LINE_CAP {
        return 0..body.len();
    }
    let first = labels.iter().map(|l| l.start).min().unwrap_or(span.start);
    let before = body.get(..(first - span.start) as usize).unwrap_or("");
    let start = before
        .char_indices()
        .rev()
        .take(BEFORE)
        .last()
        .map_or(before.len(), |(at, _)| at);
    let rest = body.get(start..).unwrap_or("");
    let end = rest
        .char_indices()
        .nth(LINE_CAP)
        .map_or(body.len(), |(at, _)| start + at);
    start..end
}

impl<'a> Files<'a> for Windows {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.name)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.get(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        let window = self.get(id)?;
        // the lines stand in the text in their own order
        let after = window.begins.partition_point(|(begin, _)| *begin <= byte);
        let line = after.checked_sub(1).and_then(|i| window.begins.get(i));
        line.map(|(_, index)| *index).ok_or(Error::FileMissing)
    }

    fn column_number(&'a self, id: usize, _line: usize, byte: usize) -> Result<usize, Error> {
        Ok(self.get(id)?.columns.get(&byte).copied().unwrap_or(1))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let window = self.get(id)?;
        window.lines.get(&line).cloned().ok_or(Error::LineTooLarge {
            given: line,
            max: window.lines.keys().next_back().copied().unwrap_or(0),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_moved_to_the_shown_text() {
        let source = Source::new("a.sh", "\u{feff}\u{1b}ab\r\nsecond\r\n");
        let mut windows = Windows::default();
        let (id, ranges) = windows.add(&source, &[Span::new(4, 6), Span::new(8, 14)]);
        let text = windows.source(id).unwrap();
        assert_eq!(text, "\u{241b}ab\nsecond\n");
        let shown: Vec<_> = ranges.iter().map(|r| text.get(r.clone()).unwrap()).collect();
        assert_eq!(shown, ["ab", "second"]);
        assert_eq!(windows.location(id, ranges[0].start).unwrap().column_number, 2);
    }

    #[test]
    fn a_long_line_is_cut_around_its_label() {
        let source = Source::new("a.sh", format!("{}XY{}", "a".repeat(5000), "b".repeat(5000)));
        let mut windows = Windows::default();
        let (id, ranges) = windows.add(&source, &[Span::new(5000, 5002)]);
        let text = windows.source(id).unwrap();
        assert!(text.starts_with("...a") && text.ends_with("b...\n") && text.len() < 400);
        assert_eq!(text.get(ranges[0].clone()), Some("XY"));
        assert_eq!(windows.location(id, ranges[0].start).unwrap().column_number, 5001);
    }
}
