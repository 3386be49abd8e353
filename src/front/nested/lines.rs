//! Edits of a text whose lines stand in the outer file one by one, each behind a margin of that file: an
//! indentation, a prompt, the `>` of a quotation.

use super::seam::refuse;
use crate::container::FileId;
use crate::fix::{Edit, Refusal};
use crate::front::reading::{Inner, Seam};
use crate::source::{Source, Span};

impl Inner {
    /// An edit of the text as one of the outer file. Lines that are added stand behind the margin of the
    /// line that they come from.
    pub(super) fn move_lines_out(&self, edit: &Edit, outside: &Source) -> Result<Edit, Refusal> {
        if edit.file != FileId(0) {
            return refuse("it is written in another file");
        }
        let added = match self.seam {
            Seam::Make => edit.text.replace('$', "$$"),
            Seam::Scalar if !is_plain(&edit.text) => {
                return refuse("what is to be written here would have to be quoted for YAML");
            }
            _ => edit.text.clone(),
        };
        let text = self.excerpt.text();
        let (from, to) = (edit.span.start as usize, edit.span.end as usize);
        let Some(old) = text.get(from..to).filter(|_| self.stands_there(edit.span)) else {
            return refuse(self.not_there());
        };
        let closed = |part: &str| part.is_empty() || part.ends_with('\n');
        let begins = |at: usize| text.get(..at).is_some_and(closed);
        let margin = self.margin(
            text.get(..from).map_or(0, |t| t.rfind('\n').map_or(0, |at| at + 1)),
            outside,
        );
        let Some(margin) = margin else {
            return refuse(self.not_there());
        };
        let ending = outside.line_ending().as_str();
        let whole_lines = begins(from) && closed(&added) && closed(old);
        let (Some(start), Some(end)) = (self.first_byte(from), self.end_byte(edit.span, whole_lines, outside)) else {
            return refuse(self.not_there());
        };
        if start < self.span.start || end > outside.full_line_span(outside.line_of(self.span.end)).end {
            return refuse("it is written elsewhere in the file, where others may use it");
        }
        if !whole_lines {
            let (start, end) = (before_return(start, outside), before_return(end, outside));
            let written = added.replace('\n', &format!("{ending}{margin}"));
            return Ok(outer_edit(start, end.max(start), written));
        }
        let start = start.saturating_sub(Span::at(margin.len()).start);
        let lines = added.split_inclusive('\n');
        let written: String = lines.map(|line| format!("{margin}{line}")).collect();
        let end = if old.is_empty() { start } else { end };
        Ok(outer_edit(start, end, written.replace('\n', ending)))
    }

    /// True when every character of a span stands in the outer file as it does here, the ends of the lines
    /// aside.
    fn stands_there(&self, span: Span) -> bool {
        let text = self.excerpt.text().get(span.range()).unwrap_or("");
        let mut at = span.start as usize;
        text.split_inclusive('\n').all(|line| {
            let visible = Span::new(at, at + line.trim_end_matches('\n').len());
            at += line.len();
            visible.is_empty() || self.excerpt.outer_exact(visible).is_some()
        })
    }

    /// What stands before the line of the text that begins at an offset, on its line of the outer file.
    fn margin<'s>(&self, line: usize, outside: &'s Source) -> Option<&'s str> {
        let at = self.first_byte(line)?;
        let start = outside.line_span(outside.line_of(at)).start;
        Some(outside.slice(Span {
            start,
            end: at.max(start),
        }))
    }

    /// The outer place of the byte at an offset; behind the last byte, of the end.
    fn first_byte(&self, offset: usize) -> Option<u32> {
        let at = Span::at(offset);
        let end = || self.excerpt.outer(at).map(|outer| outer.start);
        self.excerpt.outer_byte(at.start).or_else(end)
    }

    /// The outer place of the end of a span: of whole lines, where the next line of the outer file begins.
    fn end_byte(&self, span: Span, whole_lines: bool, outside: &Source) -> Option<u32> {
        if span.is_empty() {
            return self.first_byte(span.end as usize);
        }
        let text = self.excerpt.text().get(span.range())?;
        if !text.ends_with('\n') {
            let last = Span {
                start: span.end - 1,
                end: span.end,
            };
            let last = self.excerpt.outer_exact(last);
            // the last byte of a character of several
            return last.map(|outer| outer.end);
        }
        if !whole_lines {
            return self.first_byte(span.end as usize);
        }
        let line = text.trim_end_matches('\n');
        let at = match line.is_empty() {
            true => self.first_byte(span.start as usize)?,
            false => self.first_byte(span.start as usize + line.len() - 1)?,
        };
        Some(outside.full_line_span(outside.line_of(at)).end)
    }
}

/// The place before a line's end, where it lies between the two bytes of one.
fn before_return(at: u32, outside: &Source) -> u32 {
    let bytes = outside.text().as_bytes();
    let here = at as usize;
    match here.checked_sub(1).and_then(|before| bytes.get(before..=here)) {
        Some(b"\r\n") => at - 1,
        _ => at,
    }
}

/// True for words that YAML takes as they are, whatever quotes stand around them.
fn is_plain(text: &str) -> bool {
    !text.contains(['"', '\'', '\\', '\n', '#']) && !text.contains(": ")
}

fn outer_edit(start: u32, end: u32, text: String) -> Edit {
    Edit {
        file: FileId(0),
        span: Span { start, end },
        text,
    }
}
