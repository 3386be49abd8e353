//! The lines of a unit: sections, assignments and comments.
//!
//! Sources: systemd `src/shared/conf-parser.c` and `man systemd.syntax`; podman 5.8
//! `pkg/systemd/parser/unitfile.go`. The two differ in what a backslash at the end of a line leaves.

use crate::container::FileId;
use crate::front::reading::Comment;
use crate::source::{BOM, Excerpt, Span};

/// Lines of one unit that are read.
const MAX_LINES: usize = 20_000;
/// What is said of a unit with more.
pub(in crate::front) const TOO_LONG: &str = "only the first 20000 lines of a unit are read";

/// Whose rules a unit is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::front) enum Style {
    /// systemd: a continued line is joined by a blank, and a line that is none is passed over.
    Systemd,
    /// podman's generator: a continued line is joined by nothing, and a line that is none ends the reading.
    Quadlet,
}

/// `Key=value`.
#[derive(Clone, Debug)]
pub(in crate::front) struct Assignment {
    /// The file that its spans count in.
    pub(in crate::front) file: FileId,
    /// The name of its section.
    pub(in crate::front) section: String,
    pub(in crate::front) key: String,
    pub(in crate::front) key_span: Span,
    /// The value, continued lines joined, without blanks at its ends.
    pub(in crate::front) value: Excerpt,
    /// From the key to the end of the value.
    pub(in crate::front) span: Span,
    /// Where a backslash joins two lines without a blank between them, in the text of the value.
    pub(in crate::front) glued: Vec<usize>,
}

impl Assignment {
    /// The bytes of the file that a part of the value comes from.
    pub(in crate::front) fn outer(&self, start: usize, end: usize) -> Span {
        self.value.outer_span_near(Span::new(start, end))
    }

    /// The value as a span; the empty one behind the key for an empty value.
    pub(in crate::front) fn value_span(&self) -> Span {
        match self.value.text().len() {
            0 => Span::at(self.span.end as usize),
            len => self.outer(0, len),
        }
    }
}

/// A unit as it is written, drop-ins behind what they are laid over.
#[derive(Clone, Debug, Default)]
pub(in crate::front) struct Unit {
    pub(in crate::front) assignments: Vec<Assignment>,
    /// Each section's name and the place of its header, in the unit's own file.
    pub(in crate::front) sections: Vec<(String, Span)>,
    pub(in crate::front) comments: Vec<Comment>,
    /// A line that is none, and what is wrong with it.
    pub(in crate::front) broken: Option<(Span, &'static str)>,
}

/// A line of the file, without blanks at its ends.
struct Line<'t> {
    text: &'t str,
    start: usize,
}

impl Line<'_> {
    fn span(&self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    fn is_comment(&self) -> bool {
        self.text.starts_with(['#', ';'])
    }
}

impl Unit {
    /// Reads the unit that stands at `range` of a file's text.
    pub(in crate::front) fn read(text: &str, range: std::ops::Range<usize>, file: FileId, style: Style) -> Unit {
        let mut reader = Reader {
            unit: Unit::default(),
            section: None,
            file,
            style,
        };
        let mut lines = lines(text, range).peekable();
        while let Some(line) = lines.next() {
            if line.text.is_empty() {
                continue;
            }
            if line.is_comment() {
                reader.comment(&line);
                continue;
            }
            let mut parts = vec![line];
            while parts.last().is_some_and(|last| continues(last.text, style)) {
                let Some(next) = lines.next() else { break };
                if next.is_comment() {
                    reader.comment(&next);
                } else if !next.text.is_empty() || style == Style::Systemd {
                    parts.push(next);
                }
                // passed over, what stands before it still goes on
            }
            reader.logical(&parts);
            if reader.unit.assignments.len() >= MAX_LINES {
                let last = parts.last().map_or_else(Span::default, Line::span);
                reader.unit.broken = Some((last, TOO_LONG));
                break;
            }
            if reader.unit.broken.is_some() && style == Style::Quadlet {
                break;
            }
        }
        reader.unit
    }

    /// The assignments of a key in a section.
    pub(in crate::front) fn all<'u>(
        &'u self,
        section: &'u str,
        key: &'u str,
    ) -> impl DoubleEndedIterator<Item = &'u Assignment> {
        let of = move |a: &&Assignment| a.key == key && a.section == section;
        self.assignments.iter().filter(of)
    }

    /// Those that count where each adds to the ones before it: an empty one takes them all away.
    pub(in crate::front) fn list<'u>(&'u self, section: &'u str, key: &'u str) -> Vec<&'u Assignment> {
        let mut list = Vec::new();
        for one in self.all(section, key) {
            match one.value.text() {
                "" => list.clear(),
                _ => list.push(one),
            }
        }
        list
    }
}

fn lines(text: &str, range: std::ops::Range<usize>) -> impl Iterator<Item = Line<'_>> {
    let mut at = range.start;
    text.get(range).unwrap_or("").split_inclusive('\n').map(move |whole| {
        let body = whole.trim_start_matches(BOM);
        let text = body.trim_start();
        let start = at + whole.len() - text.len();
        at += whole.len();
        Line {
            text: text.trim_end(),
            start,
        }
    })
}

/// True for a line that goes on in the next. For systemd two backslashes are one that is meant.
fn continues(line: &str, style: Style) -> bool {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    match style {
        Style::Systemd => backslashes % 2 == 1,
        Style::Quadlet => backslashes > 0,
    }
}

struct Reader {
    unit: Unit,
    section: Option<String>,
    file: FileId,
    style: Style,
}

impl Reader {
    fn comment(&mut self, line: &Line) {
        self.unit.comments.push(Comment {
            span: line.span(),
            own_line: true,
        });
    }

    fn broken(&mut self, line: &Line, why: &'static str) {
        self.unit.broken.get_or_insert((line.span(), why));
    }

    fn logical(&mut self, parts: &[Line]) {
        let Some(first) = parts.first() else { return };
        if let Some((name, rest)) = first.text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && rest.trim_matches([' ', '\t']).is_empty()
        {
            self.section = Some(name.to_owned());
            self.unit.sections.push((name.to_owned(), first.span()));
            return;
        }
        // what a template fills in, or leaves out, is no line of the unit
        if ["{%", "{{", "{#", "<%"].iter().any(|sign| first.text.starts_with(sign)) {
            return;
        }
        let Some((key, _)) = first.text.split_once('=').filter(|(key, _)| !key.trim().is_empty()) else {
            return self.broken(first, "this line is no section, no `Key=value` and no comment");
        };
        let Some(section) = self.section.clone() else {
            return self.broken(first, "this key stands before the first section");
        };
        let (value, glued) = self.value(parts, key.len() + 1);
        let end = parts.last().map_or(first.span().end, |last| last.span().end);
        let name = key.trim_end();
        self.unit.assignments.push(Assignment {
            file: self.file,
            section,
            key: name.to_owned(),
            key_span: Span::new(first.start, first.start + name.len()),
            value,
            span: Span {
                start: first.span().start,
                end,
            },
            glued,
        });
    }

    /// The value over all its lines, from an offset of the first.
    fn value(&self, parts: &[Line], from: usize) -> (Excerpt, Vec<usize>) {
        let mut value = Excerpt::new();
        let mut glued = Vec::new();
        let last = parts.len() - 1;
        for (i, line) in parts.iter().enumerate() {
            let body = match i {
                0 => line.text.get(from..).unwrap_or(""),
                _ => line.text,
            };
            let mut start = line.start + line.text.len() - body.len();
            let mut body = if i < last || continues(line.text, self.style) {
                body.strip_suffix('\\').unwrap_or(body)
            } else {
                body
            };
            if value.text().is_empty() {
                let trimmed = body.trim_start();
                start += body.len() - trimmed.len();
                body = trimmed;
            }
            if i == last {
                body = body.trim_end();
            }
            let before = value.text();
            if i > 0 && !before.is_empty() && !body.is_empty() {
                if self.style == Style::Systemd {
                    value.made(" ");
                } else if !before.ends_with([' ', '\t']) {
                    glued.push(before.len());
                }
            }
            value.copy(body, start);
        }
        (value, glued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, style: Style) -> Vec<(String, String)> {
        let unit = Unit::read(text, 0..text.len(), FileId(0), style);
        let pair = |a: &Assignment| (a.key.clone(), a.value.text().to_owned());
        unit.assignments.iter().map(pair).collect()
    }

    #[test]
    fn continued_lines_are_joined_by_nothing_or_by_a_blank() {
        let text = "[A]\n  k = one\\\n  # not this\n\n  two \\\n  three  \n;x\nl=\n";
        let joined = |value: &str| vec![("k".to_owned(), value.to_owned()), ("l".to_owned(), String::new())];
        assert_eq!(values(text, Style::Quadlet), joined("onetwo three"));
        let text = "[A]\nk=one\\\n# not this\n  two\nl=\n";
        assert_eq!(values(text, Style::Systemd), joined("one two"));
    }

    #[test]
    fn a_line_that_is_none_ends_a_quadlet_and_not_a_unit() {
        let text = "[A]\nk=1\nnothing\nl=2\n";
        assert_eq!(values(text, Style::Quadlet).len(), 1);
        assert_eq!(values(text, Style::Systemd).len(), 2);
        let unit = Unit::read("k=1\n[A]\n", 0..8, FileId(0), Style::Quadlet);
        assert!(unit.broken.is_some());
    }
}
