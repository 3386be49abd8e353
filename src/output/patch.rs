//! A fix as `-` and `+` lines.

use similar::{ChangeTag, TextDiff};

use super::paint::{Paint, Style};
use super::plain::plain;
use crate::fix::Edit;
use crate::source::{Source, Span};

/// Lines that are shown of one fix at most.
const LINES_CAP: usize = 40;
/// Characters of a line that is shown whole: a line that is whole above the fix is whole in it, although
/// the fix makes it longer.
const WHOLE: usize = 480;
/// Characters that are shown of a longer one.
const WIDTH_CAP: usize = 320;

/// Bytes of lines above which only a part around the edits is shown.
const REGION_CAP: usize = 16 * 1024;

/// Some lines of a file before and after edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The line, from 1, that it begins on.
    pub line: u32,
    /// The line, from 1, that it begins on after all edits.
    pub new_line: u32,
    /// The lines before, with their endings.
    pub old: String,
    /// The lines after, with their endings.
    pub new: String,
}

/// The lines that edits of one file touch, before and after, those that touch the same line together.
/// Edits that overlap are left out.
pub fn hunks(source: &Source, edits: &[Edit]) -> Vec<Hunk> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    edits.dedup();
    let mut groups: Vec<(u32, u32, Vec<&Edit>)> = Vec::new();
    for edit in edits {
        let first = source.line_of(edit.span.start);
        let last = source.line_of(edit.span.end.saturating_sub(1).max(edit.span.start));
        match groups.last_mut() {
            Some((_, end, group)) if first <= *end + 1 => {
                *end = last.max(*end);
                group.push(edit);
            }
            _ => groups.push((first, last, vec![edit])),
        }
    }
    let mut moved: i64 = 0;
    let mut out = Vec::new();
    for (first, last, group) in groups {
        // a line before, so that an insertion has something to stand after
        let first = first.saturating_sub(1).max(1);
        let region = near(
            source,
            source.full_line_span(first).to(source.full_line_span(last)),
            &group,
        );
        let old = source.slice(region).to_owned();
        let Some(new) = splice(source, region, &group) else {
            continue;
        };
        let new_line = u32::try_from(i64::from(first) + moved).unwrap_or(first);
        let lines = |text: &str| i64::try_from(text.lines().count()).unwrap_or(0);
        moved += lines(&new) - lines(&old);
        out.push(Hunk {
            line: first,
            new_line,
            old,
            new,
        });
    }
    out
}

/// The part of very long lines around the first edits: more is not shown.
fn near(source: &Source, region: Span, group: &[&Edit]) -> Span {
    if region.len() <= REGION_CAP {
        return region;
    }
    let (Some(first), Some(last)) = (group.first(), group.iter().map(|e| e.span.end).max()) else {
        return region;
    };
    let mut start = (first.span.start as usize)
        .saturating_sub(WIDTH_CAP)
        .max(region.start as usize);
    let mut end = (last as usize + 2 * WIDTH_CAP).min(region.end as usize);
    while !source.text().is_char_boundary(start) {
        start -= 1;
    }
    while !source.text().is_char_boundary(end) {
        end += 1;
    }
    Span::new(start, end)
}

fn splice(source: &Source, region: Span, edits: &[&Edit]) -> Option<String> {
    let mut out = String::new();
    let mut at = region.start;
    for edit in edits {
        if edit.span.start < at || edit.span.end > region.end {
            return None;
        }
        out.push_str(source.slice(Span {
            start: at,
            end: edit.span.start,
        }));
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(source.slice(Span {
        start: at,
        end: region.end,
    }));
    Some(out)
}

/// The hunks as a reader sees them, behind a gutter as wide as `digits`.
pub(crate) fn render(hunks: &[Hunk], digits: usize, paint: Paint) -> String {
    let mut out = String::new();
    let mut shown = 0;
    for (i, hunk) in hunks.iter().enumerate() {
        if i > 0 {
            out.push_str("...\n");
        }
        for line in lines_of(hunk) {
            if shown == LINES_CAP {
                out.push_str("...\n");
                return out;
            }
            shown += 1;
            let (sign, style) = match line.tag {
                ChangeTag::Delete => ("-", Some(Style::Removed)),
                ChangeTag::Insert => ("+", Some(Style::Added)),
                ChangeTag::Equal => ("|", None),
            };
            let number = paint.paint(Style::Frame, &format!("{:>digits$}", line.number));
            let sign = paint.paint(style.unwrap_or(Style::Frame), sign);
            let text = match style {
                Some(style) => paint.paint(style, &line.text),
                None => line.text,
            };
            out.push_str(format!("{number} {sign} {text}").trim_end());
            out.push('\n');
        }
    }
    out
}

/// The largest line number that the hunks show, for the width of the gutter.
pub(crate) fn last_number(hunks: &[Hunk]) -> u32 {
    hunks
        .iter()
        .flat_map(|h| lines_of(h).into_iter().map(|l| l.number))
        .max()
        .unwrap_or(1)
}

struct Line {
    tag: ChangeTag,
    number: u32,
    text: String,
}

/// The changed lines, with the line before an insertion that stands alone.
fn lines_of(hunk: &Hunk) -> Vec<Line> {
    let diff = TextDiff::from_lines(hunk.old.as_str(), hunk.new.as_str());
    let changes: Vec<_> = diff.iter_all_changes().collect();
    let removes = changes.iter().any(|c| c.tag() == ChangeTag::Delete);
    let window = Shortening::of(hunk);
    let mut out = Vec::new();
    for (i, change) in changes.iter().enumerate() {
        let next = changes.get(i + 1).map(similar::Change::tag);
        if change.tag() == ChangeTag::Equal && (removes || next != Some(ChangeTag::Insert)) {
            continue;
        }
        let (first, index) = match (change.old_index(), change.new_index()) {
            (Some(old), _) => (hunk.line, old),
            (None, Some(new)) => (hunk.new_line, new),
            (None, None) => continue,
        };
        let text = change.value().trim_end_matches(['\n', '\r']);
        let text = text.strip_prefix(crate::source::BOM).unwrap_or(text);
        out.push(Line {
            tag: change.tag(),
            number: first + u32::try_from(index).unwrap_or(0),
            text: plain(&window.shorten(text)).into_owned(),
        });
    }
    out
}

/// How the lines of a hunk are cut where one is very long: around the first place where old and new
/// differ. What is cut of one line is cut of the other, so that they can be compared.
struct Shortening {
    /// Characters left out at the start of a line; `None` where no line is cut.
    start: Option<usize>,
}

impl Shortening {
    fn of(hunk: &Hunk) -> Shortening {
        let lines = hunk.old.lines().chain(hunk.new.lines());
        let longest = lines.map(|l| l.chars().count()).max();
        if longest.is_none_or(|n| n <= WHOLE) {
            return Shortening { start: None };
        }
        let same = hunk.old.chars().zip(hunk.new.chars()).take_while(|(a, b)| a == b);
        let column = same.fold(0, |n, (c, _)| if c == '\n' { 0 } else { n + 1 });
        Shortening {
            start: Some(usize::saturating_sub(column, 60)),
        }
    }

    fn shorten(&self, line: &str) -> String {
        let Some(start) = self.start else {
            return line.to_owned();
        };
        let mut rest = line.chars().skip(start);
        let cut: String = rest.by_ref().take(WIDTH_CAP).collect();
        let before = if start > 0 { "..." } else { "" };
        let after = if rest.next().is_some() { "..." } else { "" };
        format!("{before}{cut}{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::FileId;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            file: FileId(0),
            span: Span::new(start, end),
            text: text.into(),
        }
    }

    #[test]
    fn a_replacement_and_an_insertion_are_shown_with_their_new_numbers() {
        let source = Source::new("a", "one\ntwo\nthree\nfour\nfive\n");
        let hunks = hunks(&source, &[edit(4, 7, "2\n2b"), edit(19, 19, "more\n")]);
        let text = render(&hunks, 1, Paint::default());
        assert_eq!(text, "2 - two\n2 + 2\n3 + 2b\n...\n4 | four\n6 + more\n");
    }

    #[test]
    fn a_removed_line_is_shown_alone() {
        let source = Source::new("a", "one\ntwo\nthree\n");
        let hunks = hunks(&source, &[edit(4, 8, "")]);
        assert_eq!(render(&hunks, 2, Paint::default()), " 2 - two\n");
    }
}
