//! Edits of an edited text as edits of the text before.

use std::collections::{BTreeSet, VecDeque};

use super::Edit;
use crate::container::FileId;
use crate::source::Span;

/// A part of an edited text.
#[derive(Debug)]
enum Part {
    /// Bytes of the text before, from and up to; the last one has no end that is known.
    Kept(u32, u32),
    /// What an edit wrote.
    Written(String),
}

/// The edits that do to a text at once what `first` does to it, and then `then` to what that makes of it.
pub fn composed(first: &[Edit], then: &[Edit]) -> Vec<Edit> {
    let files: BTreeSet<FileId> = first.iter().chain(then).map(|edit| edit.file).collect();
    let of = |file: FileId| {
        let edits = edited(VecDeque::from([Part::Kept(0, u32::MAX)]), first, file);
        written(file, edited(edits, then, file))
    };
    files.into_iter().flat_map(of).collect()
}

/// The parts of a text after the edits of one file.
fn edited(mut parts: VecDeque<Part>, edits: &[Edit], file: FileId) -> VecDeque<Part> {
    let edits: BTreeSet<&Edit> = edits.iter().filter(|edit| edit.file == file).collect();
    let mut out = VecDeque::new();
    let mut at = 0;
    for edit in edits {
        out.extend(take(&mut parts, edit.span.start.saturating_sub(at)));
        take(&mut parts, edit.span.end - edit.span.start);
        out.push_back(Part::Written(edit.text.clone()));
        at = edit.span.end;
    }
    out.extend(parts);
    out
}

/// The first bytes of a text, which it loses.
fn take(parts: &mut VecDeque<Part>, bytes: u32) -> Vec<Part> {
    let mut taken = Vec::new();
    let mut left = bytes;
    while left > 0
        && let Some(part) = parts.pop_front()
    {
        let (head, tail, length) = split(part, left);
        taken.push(head);
        left -= length;
        if let Some(tail) = tail {
            parts.push_front(tail);
        }
    }
    taken
}

/// A part up to so many bytes, what is left of it, and how many bytes the first is long.
fn split(part: Part, bytes: u32) -> (Part, Option<Part>, u32) {
    match part {
        Part::Kept(start, end) if end - start > bytes => {
            let middle = start + bytes;
            (Part::Kept(start, middle), Some(Part::Kept(middle, end)), bytes)
        }
        Part::Written(text) if text.len() > bytes as usize && text.is_char_boundary(bytes as usize) => {
            let (head, tail) = text.split_at(bytes as usize);
            (
                Part::Written(head.to_owned()),
                Some(Part::Written(tail.to_owned())),
                bytes,
            )
        }
        Part::Kept(start, end) => (Part::Kept(start, end), None, end - start),
        Part::Written(text) => {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX).min(bytes);
            (Part::Written(text), None, length)
        }
    }
}

/// What stands between the bytes that are kept, as edits.
fn written(file: FileId, parts: VecDeque<Part>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let (mut at, mut text) = (0, String::new());
    for part in parts {
        match part {
            Part::Written(more) => text.push_str(&more),
            Part::Kept(start, end) => {
                if start > at || !text.is_empty() {
                    edits.push(Edit {
                        file,
                        span: Span { start: at, end: start },
                        text: std::mem::take(&mut text),
                    });
                }
                at = end;
            }
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::apply;
    use crate::source::Source;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            file: FileId(0),
            span: Span::new(start, end),
            text: text.into(),
        }
    }

    /// Both in turn make what the composed edits make at once.
    fn agree(text: &str, first: &[Edit], then: &[Edit]) -> Option<Vec<Edit>> {
        let source = Source::new("a", text);
        let middle = Source::new("a", apply(&source, FileId(0), first)?);
        let last = apply(&middle, FileId(0), then)?;
        let at_once = composed(first, then);
        assert_eq!(apply(&source, FileId(0), &at_once)?, last, "{first:?} {then:?}");
        Some(at_once)
    }

    #[test]
    fn edits_before_after_and_inside_of_others() {
        let first = [edit(2, 4, "XYZ"), edit(8, 8, "+++")];
        for then in [
            vec![edit(0, 1, "")],
            vec![edit(3, 4, "y")],
            vec![edit(1, 6, "")],
            vec![edit(5, 5, "|"), edit(10, 11, "-")],
            vec![edit(13, 13, "end")],
            vec![edit(0, 13, "")],
        ] {
            assert!(agree("0123456789", &first, &then).is_some(), "{then:?}");
        }
        assert_eq!(agree("ab", &[edit(1, 1, "x")], &[]), Some(vec![edit(1, 1, "x")]));
        assert_eq!(agree("ab", &[], &[edit(2, 2, "x")]), Some(vec![edit(2, 2, "x")]));
    }

    #[test]
    fn many_edits_agree() {
        let text = "the quick brown fox jumps over the lazy dog";
        for step in 2..9_usize {
            let some = |length: usize, shift: usize| -> Vec<Edit> {
                let starts = (shift..length).step_by(step + 2);
                let one = |at: usize| {
                    edit(
                        at,
                        (at + at % step).min(length),
                        if at.is_multiple_of(3) { "" } else { "ÄB" },
                    )
                };
                starts.map(one).collect()
            };
            let first = some(text.len(), 1);
            let source = Source::new("a", text);
            let middle = apply(&source, FileId(0), &first).unwrap_or_default();
            let whole = |e: &Edit| {
                middle.is_char_boundary(e.span.start as usize) && middle.is_char_boundary(e.span.end as usize)
            };
            let then: Vec<Edit> = some(middle.len(), step % 3).into_iter().filter(whole).collect();
            assert!(agree(text, &first, &then).is_some());
        }
    }
}
