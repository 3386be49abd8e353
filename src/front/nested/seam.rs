//! Changes of a container in a nested document: rendered in its text, and written through the seam
//! into the outer file, or refused where that has not the same bytes.

use crate::container::{Container, FileId, Place};
use crate::fix::{Change, Edit, Refusal};
use crate::front::reading::{Inner, Seam};
use crate::source::{Source, Span};

pub(super) fn refuse<T>(why: &str) -> Result<T, Refusal> {
    Err(Refusal(why.to_owned()))
}

/// A change of a container of the outer file as one of the same container in its document.
fn inside(change: &Change, container: &Container, own: &Container) -> Result<Change, Refusal> {
    let place = |place: &Place| -> Result<Place, Refusal> {
        let mut pairs = container.places().into_iter().zip(own.places());
        match pairs.find(|(outer, _)| outer.same(place) && outer.entry == place.entry) {
            Some((_, inner)) => Ok(inner.clone()),
            None => refuse("the setting is not found where it was read"),
        }
    };
    Ok(match change {
        Change::Remove(at) => Change::Remove(place(at)?),
        Change::Replace(at, text) => Change::Replace(place(at)?, text.clone()),
        Change::Relabel(at, label) => Change::Relabel(place(at)?, *label),
        Change::ReadOnly(at) => Change::ReadOnly(place(at)?),
        Change::Add(key, value) => Change::Add(*key, value.clone()),
    })
}

impl Inner {
    /// The changes of some containers of the outer file, each with its index in the document, as changes
    /// of the document's own.
    pub(super) fn own_changes(
        &self,
        all: &[(usize, &Container, &[Change])],
    ) -> Result<Vec<(&Container, Vec<Change>)>, Refusal> {
        let mut own_changes = Vec::new();
        for (index, container, changes) in all {
            let Some(own) = self.reading.containers.get(*index) else {
                return refuse("the container is not found where it was read");
            };
            let changes: Result<Vec<Change>, Refusal> =
                changes.iter().map(|change| inside(change, container, own)).collect();
            own_changes.push((own, changes?));
        }
        Ok(own_changes)
    }

    /// An edit of the text as one of the outer file.
    pub(super) fn move_out(&self, edit: Edit, outside: &Source) -> Result<Edit, Refusal> {
        let special: &[char] = match self.seam {
            Seam::Verbatim => &[],
            Seam::Expansions => &['$', '`', '\\'],
            Seam::Quotes => &['$', '`', '\\', '"', '\''],
            Seam::Yaml => &['$'],
            Seam::Unit => &['$', '%', '\\', '"', '\''],
            Seam::Words => return refuse("the words of the command are items of a list"),
            Seam::Lines | Seam::Scalar | Seam::Make => return self.move_lines_out(&edit, outside),
        };
        if edit.file != FileId(0) {
            return refuse("it is written in another file");
        }
        // a command of a unit goes on behind a backslash as one of a script does
        let written = match self.seam {
            Seam::Unit => edit.text.replace("\\\n", ""),
            _ => edit.text.clone(),
        };
        if written.contains(special) {
            return refuse(match self.seam {
                Seam::Unit => "systemd would take what is to be written here for its own",
                _ => "the shell would take what is to be written here for its own",
            });
        }
        let text = self.excerpt.text();
        let (from, to) = (edit.span.start as usize, edit.span.end as usize);
        let Some(outer) = self
            .excerpt
            .outer(edit.span)
            .or_else(|| self.outer_lines(edit.span, outside))
        else {
            return refuse(self.not_there());
        };
        let line = text
            .get(..from)
            .map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let margin = self.dropped(line, outside);
        let old = text.get(from..to).unwrap_or("");
        // YAML ends the lines of a block with a line feed, whatever ends them in the file; so does a unit where
        // a carriage return does
        let folded = !text.contains('\r');
        let there = outside.slice(outer);
        let there = if folded { feeds(there) } else { there.to_owned() };
        if self.without_margin(&there, margin) != old {
            return refuse(self.not_there());
        }
        let ending = if folded { outside.line_ending().as_str() } else { "\n" };
        if edit.span.is_empty() && ends_in_name(outside, outer.start) && continues_name(&edit.text) {
            return refuse("it would become part of a variable's name");
        }
        let closed = |part: &str| part.is_empty() || part.ends_with('\n');
        if from == line && closed(old) && closed(&edit.text) {
            let start = outer.start.saturating_sub(Span::at(margin.len()).start);
            let lines = edit.text.split_inclusive('\n');
            let indented = lines.map(|l| {
                if l.trim().is_empty() {
                    l.to_owned()
                } else {
                    format!("{margin}{l}")
                }
            });
            return Ok(Edit {
                file: FileId(0),
                span: Span {
                    start,
                    end: if old.is_empty() { start } else { outer.end },
                },
                text: indented.collect::<String>().replace('\n', ending),
            });
        }
        if !margin.is_empty() && edit.text.ends_with('\n') {
            return refuse("what is to be written here would end between the tabs of a line");
        }
        Ok(Edit {
            file: FileId(0),
            span: outer,
            text: edit.text.replace('\n', &format!("{ending}{margin}")),
        })
    }

    /// The outer place of whole lines whose ends the outer language reads as others: `\r\n` and `\r` in a
    /// block of YAML.
    fn outer_lines(&self, span: Span, outside: &Source) -> Option<Span> {
        let text = self.excerpt.text().get(span.start as usize..span.end as usize)?;
        let inner = text.strip_suffix('\n').filter(|inner| !inner.is_empty())?;
        let outer = self.excerpt.outer(Span {
            start: span.start,
            end: span.start + u32::try_from(inner.len()).ok()?,
        })?;
        let end = outside.full_line_span(outside.line_of(outer.end)).end;
        let behind = outside.slice(Span { start: outer.end, end });
        matches!(behind, "\r\n" | "\r").then_some(Span { end, ..outer })
    }

    /// What the outer language drops before the line that begins at an offset of the text: the tabs of
    /// `<<-`, the indentation of a block.
    fn dropped<'s>(&self, line: usize, outside: &'s Source) -> &'s str {
        let Some(at) = self.excerpt.outer(Span::at(line)) else {
            return "";
        };
        let start = outside.line_span(outside.line_of(at.start)).start;
        let before = outside.slice(Span {
            start,
            end: at.start.max(start),
        });
        let dropped = match self.seam {
            Seam::Yaml => ' ',
            _ => '\t',
        };
        if before.chars().all(|c| c == dropped) {
            before
        } else {
            ""
        }
    }

    /// A text of the outer file without what that language drops, the first line aside.
    fn without_margin(&self, text: &str, margin: &str) -> String {
        let mut lines = text.split_inclusive('\n');
        let first = lines.next().unwrap_or("").to_owned();
        lines.fold(first, |all, line| {
            all + match self.seam {
                Seam::Yaml => line.strip_prefix(margin).unwrap_or(line),
                _ if margin.is_empty() => line,
                _ => line.trim_start_matches('\t'),
            }
        })
    }

    pub(super) fn not_there(&self) -> &'static str {
        match self.seam {
            Seam::Yaml | Seam::Unit | Seam::Lines | Seam::Scalar | Seam::Words | Seam::Make => {
                "what would change is not written out in the file"
            }
            _ => "what would change is not written out in the script",
        }
    }
}

/// A text with line feeds, whatever ends its lines.
fn feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// True right behind `$NAME`.
fn ends_in_name(outside: &Source, at: u32) -> bool {
    let before = outside.text().get(..at as usize).unwrap_or("");
    let head = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    head.ends_with('$')
}

fn continues_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '['))
}
