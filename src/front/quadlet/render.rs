//! Changes of a unit to edits of its lines.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::argv::unquoted;
use super::keys::{self, How, named};
use super::templates::{ends_in_block, has_marks};
use super::{SECTIONS, argv::Section};
use crate::container::{Container, FileId, Key, Place};
use crate::fix::{Change, Edit, Refusal};
use crate::front::mount_options;
use crate::front::reading::Reading;
use crate::front::systemd::{Assignment, Quoting, Style, Unit, split};
use crate::source::{Source, Span};

type Outcome<T> = Result<T, Refusal>;

fn refuse<T>(why: &str) -> Outcome<T> {
    Err(Refusal(why.to_owned()))
}

/// The edits that carry out all changes of one unit, or why they cannot be made.
pub(super) fn render(reading: &Reading, container: &Container, changes: &[Change]) -> Outcome<Vec<Edit>> {
    let mut edits = Vec::new();
    let mut removed: Vec<&Place> = Vec::new();
    let mut added: Vec<(Key, Vec<&str>)> = Vec::new();
    for change in changes {
        match change {
            Change::Remove(place) => removed.push(place),
            Change::Replace(place, text) => edits.push(replace(reading, place, text)?),
            Change::Relabel(place, relabel) => {
                refuse_quoted(reading, place)?;
                edits.extend(mount_options::relabel(reading, container, place, *relabel)?);
            }
            Change::ReadOnly(place) => {
                refuse_quoted(reading, place)?;
                edits.push(mount_options::read_only(reading, container, place)?);
            }
            Change::Add(key, value) => {
                let list = matches!(key, Key::CapAdd | Key::CapDrop);
                match added.iter_mut().find(|(other, _)| list && other == key) {
                    Some((_, values)) if !values.contains(&value.as_str()) => values.push(value),
                    Some(_) => {}
                    None => added.push((*key, vec![value])),
                }
            }
        }
    }
    let mut lines = Vec::new();
    for (key, values) in &added {
        let line = key.unit_line(&values.join(" "));
        if line.contains(['$', '%', '\\']) {
            return refuse("systemd would take what is to be written here for its own");
        }
        lines.push((*key, line));
    }
    let removals = removals(reading, &removed)?;
    let lines = over_values(reading, container, &removals, lines, &mut edits);
    edits.extend(with_additions(reading, container, removals, &lines)?);
    edits.sort();
    edits.dedup();
    Ok(edits)
}

/// A file with its lines.
type Read = (Arc<Source>, Rc<Vec<Assignment>>);

thread_local! {
    /// What was read last: the fixes of one file are rendered one after another.
    static LAST: RefCell<Option<Read>> = const { RefCell::new(None) };
}

/// The lines of the file's unit. Of a bundle all units are read as one: their lines do not overlap.
fn lines_of(source: &Arc<Source>) -> Rc<Vec<Assignment>> {
    let known = LAST.with_borrow(|last| {
        let (_, lines) = last.as_ref().filter(|(known, _)| Arc::ptr_eq(known, source))?;
        Some(Rc::clone(lines))
    });
    known.unwrap_or_else(|| {
        let lines = Rc::new(read(source.text()));
        LAST.set(Some((Arc::clone(source), Rc::clone(&lines))));
        lines
    })
}

fn read(text: &str) -> Vec<Assignment> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim() == "---" {
            all.extend(Unit::read(text, start..at, FileId(0), Style::Quadlet).assignments);
            start = at + line.len();
        }
        at += line.len();
    }
    all.extend(Unit::read(text, start..at, FileId(0), Style::Quadlet).assignments);
    all
}

/// The line that a place stands in.
fn line_at(source: &Arc<Source>, place: &Place) -> Outcome<Assignment> {
    let lines = lines_of(source);
    // in their order, so that all before it end before it does
    let from = lines.partition_point(|line| line.span.end < place.value.end);
    let mut from = lines.get(from..).unwrap_or(&[]).iter();
    match from.find(|line| line.span.contains(place.value)) {
        Some(line) => Ok(line.clone()),
        None => refuse("the line is not found where it was read"),
    }
}

/// What goes: a whole line, or words of one.
struct Removal {
    file: FileId,
    line: Assignment,
    /// The bytes; `None` for the whole line.
    part: Option<Span>,
}

fn removals(reading: &Reading, places: &[&Place]) -> Outcome<Vec<Removal>> {
    let mut out: Vec<Removal> = Vec::new();
    let mut lines: Vec<(FileId, Assignment, Vec<Span>)> = Vec::new();
    for place in places {
        if reading.file(place.file).slice(place.entry).starts_with('$') {
            return refuse("a variable holds it, and may hold more");
        }
        let line = line_at(reading.file(place.file), place)?;
        match lines
            .iter_mut()
            .find(|(file, other, _)| *file == place.file && other.span == line.span)
        {
            Some((_, _, entries)) => entries.push(place.entry),
            None => lines.push((place.file, line, vec![place.entry])),
        }
    }
    for (file, line, entries) in lines {
        if line.key == "User" && lines_of(reading.file(file)).iter().any(|other| other.key == "Group") {
            return refuse("a `Group=` without its `User=` makes no service");
        }
        let parts = parts(reading.file(file), &line, &entries)?;
        let whole = parts.is_none();
        out.extend(parts.into_iter().flatten().map(|part| Removal {
            file,
            line: line.clone(),
            part: Some(part),
        }));
        if whole {
            out.push(Removal { file, line, part: None });
        }
    }
    Ok(out)
}

/// The key of a line, by its section.
fn key_of(line: &Assignment) -> Option<&'static keys::Key> {
    let section = [Section::Container, Section::Pod, Section::Build, Section::Kube]
        .into_iter()
        .find(|section| section.name() == line.section)?;
    named(section.keys(), &line.key)
}

fn quoting(line: &Assignment) -> Option<Quoting> {
    let key = key_of(line)?;
    match (key.how, key.name) {
        (How::Words, _) | (_, "AddDevice") => Some(Quoting::Words),
        (How::Arguments | How::Pairs, _) | (_, "PodmanArgs" | "GlobalArgs" | "Mount" | "Exec") => {
            Some(Quoting::Arguments)
        }
        _ => None,
    }
}

/// The bytes of a line that go with some of its words; `None` where nothing would be left.
fn parts(source: &Source, line: &Assignment, entries: &[Span]) -> Outcome<Option<Vec<Span>>> {
    let Some(quoting) = quoting(line) else {
        return Ok(None);
    };
    let Ok(words) = split(line.value.text(), quoting) else {
        return refuse("the line cannot be split into words");
    };
    let spans: Vec<Span> = words
        .iter()
        .map(|word| line.outer(word.range.start, word.range.end))
        .collect();
    let covers = |span: &Span| {
        let mut left = source.slice(*span).len();
        for entry in entries {
            let (start, end) = (entry.start.max(span.start), entry.end.min(span.end));
            left = left.saturating_sub(end.saturating_sub(start) as usize);
        }
        left == 0
    };
    let gone: Vec<bool> = spans.iter().map(covers).collect();
    if gone.iter().all(|gone| *gone) {
        return Ok(None);
    }
    let mut out = Vec::new();
    for (i, span) in spans.iter().enumerate() {
        if gone[i] {
            // the blank before it goes too; of the first word, the one after
            let before = i.checked_sub(1).and_then(|i| spans.get(i));
            let part = match (before, spans.get(i + 1)) {
                (Some(before), _) if !gone[i - 1] || i > 1 => Span {
                    start: before.end,
                    end: span.end,
                },
                (_, Some(after)) => Span {
                    start: span.start,
                    end: after.start,
                },
                _ => *span,
            };
            if source.slice(part).contains(['#', ';']) && source.slice(part).contains('\n') {
                return refuse("a comment stands among the words");
            }
            out.push(part);
            continue;
        }
        let inside = entries.iter().filter(|entry| span.contains(**entry));
        out.extend(inside.copied());
        let across = entries
            .iter()
            .any(|entry| !span.contains(*entry) && entry.start < span.end && span.start < entry.end);
        if across && !gone[i] {
            return refuse("it stands within quotes that other words share");
        }
    }
    Ok(Some(joined(out)))
}

/// Spans that touch, as one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => out.push(span),
        }
    }
    out
}

/// The removals as edits, with what is added: in the place of the first line that goes, else behind
/// its kin.
fn with_additions(
    reading: &Reading,
    container: &Container,
    removals: Vec<Removal>,
    added: &[(Key, String)],
) -> Outcome<Vec<Edit>> {
    let mut edits = Vec::new();
    let own = |r: &Removal| r.part.is_none() && r.file == container.file && container.body.contains(r.line.span);
    let mut place = match added {
        [] => None,
        _ => removals.iter().position(own),
    };
    let behind = kin(reading, container, added, &removals);
    if behind.is_some_and(|(_, is_kin)| is_kin) {
        place = None;
    }
    for (i, removal) in removals.iter().enumerate() {
        let source = reading.file(removal.file);
        let (span, text) = match removal.part {
            Some(part) => (part, String::new()),
            None if place == Some(i) => (removal.line.span, written(source, removal.line.span, added)),
            None => (whole_lines(source, removal.line.span), String::new()),
        };
        edits.push(Edit {
            file: removal.file,
            span,
            text,
        });
    }
    if !added.is_empty() && place.is_none() {
        let Some((line, _)) = behind else {
            return refuse("the section has no line that one more could be written behind");
        };
        let source = reading.file(container.file);
        let (start, ending) = (
            source.line_span(source.line_of(line.start)).start,
            source.line_ending().as_str(),
        );
        let indent = source.slice(Span {
            start,
            end: line.start.max(start),
        });
        let text = format!("{ending}{indent}{}", written(source, line, added));
        edits.push(Edit {
            file: container.file,
            span: Span::at(line.end as usize),
            text,
        });
    }
    Ok(edits)
}

/// Writes an added line over the one that has its key, where the key holds one value: a second line would only
/// contradict the first. Gives the lines that are still to be added.
fn over_values(
    reading: &Reading,
    container: &Container,
    removals: &[Removal],
    added: Vec<(Key, String)>,
    edits: &mut Vec<Edit>,
) -> Vec<(Key, String)> {
    let section = section_lines(reading, container, removals);
    let source = reading.file(container.file);
    let holds_one = |line: &Assignment| {
        let one = key_of(line).is_some_and(|key| matches!(key.how, How::Flag | How::Switch | How::Last));
        // a comment may stand between its lines
        one && !source.slice(line.span).contains('\n')
    };
    let mut left = Vec::new();
    for (key, text) in added {
        let name = text.split_once('=').map_or("", |(name, _)| name);
        match section.iter().rfind(|line| line.key == name && holds_one(line)) {
            Some(line) => edits.push(Edit {
                file: container.file,
                span: line.span,
                text,
            }),
            None => left.push((key, text)),
        }
    }
    left
}

/// The lines of the unit's section that stay.
fn section_lines(reading: &Reading, container: &Container, removals: &[Removal]) -> Vec<Assignment> {
    let goes = |line: &&Assignment| {
        let mut whole = removals.iter().filter(|r| r.part.is_none() && r.file == container.file);
        whole.any(|r| r.line.span == line.span)
    };
    let lines = lines_of(reading.file(container.file));
    lines
        .iter()
        .filter(|line| container.body.contains(line.span) && SECTIONS.contains(&line.section.as_str()))
        .filter(|line| !goes(line))
        .cloned()
        .collect()
}

/// The added lines, each behind the indentation that the line at a span has.
fn written(source: &Source, at: Span, added: &[(Key, String)]) -> String {
    let start = source.line_span(source.line_of(at.start)).start;
    let indent = source.slice(Span {
        start,
        end: at.start.max(start),
    });
    let between = format!("{}{indent}", source.line_ending().as_str());
    let lines: Vec<&str> = added.iter().map(|(_, line)| line.as_str()).collect();
    lines.join(&between)
}

/// The line of the unit's section that an added one is written behind, and whether it is of its kind.
fn kin(
    reading: &Reading,
    container: &Container,
    added: &[(Key, String)],
    removals: &[Removal],
) -> Option<(Span, bool)> {
    let (first, line) = added.first()?;
    let key = line.split_once('=').map_or("", |(key, _)| key);
    let section = section_lines(reading, container, removals);
    let of_kind = |name: &str| match first {
        Key::CapAdd | Key::CapDrop => matches!(name, "AddCapability" | "DropCapability"),
        Key::SecurityOpt => name.starts_with("SecurityLabel") || matches!(name, "NoNewPrivileges" | "SeccompProfile"),
        _ => name == key,
    };
    // within a block of a template it would only stand there for some of its values
    let text = reading.file(container.file).text();
    let is_template = has_marks(text);
    let always = |line: &&Assignment| !is_template || !ends_in_block(text.get(..line.span.end as usize).unwrap_or(""));
    let section: Vec<&Assignment> = section.iter().filter(always).collect();
    let found = section.iter().rfind(|line| of_kind(&line.key));
    let is_kin = found.is_some();
    found.or(section.last()).map(|line| (line.span, is_kin))
}

/// The lines that a span stands on, with their end.
fn whole_lines(source: &Source, span: Span) -> Span {
    let first = source.full_line_span(source.line_of(span.start));
    let last = source.full_line_span(source.line_of(span.end));
    Span {
        start: first.start,
        end: last.end,
    }
}

/// True for text that means the same in a value and in words.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./:=,@+".contains(c))
}

/// Another value in the place of the one written.
fn replace(reading: &Reading, place: &Place, text: &str) -> Outcome<Edit> {
    let source = reading.file(place.file);
    let line = line_at(source, place)?;
    let line_edit = |text: String| {
        Ok(Edit {
            file: place.file,
            span: line.span,
            text,
        })
    };
    if line.key.starts_with("SecurityLabel") || line.key == "NoNewPrivileges" {
        // another option has another key
        return line_edit(Key::SecurityOpt.unit_line(text));
    }
    let raw = source.slice(place.value);
    let prefix = match line.key.as_str() {
        "SeccompProfile" => "seccomp=",
        "AppArmor" => "apparmor=",
        "Mask" => "mask=",
        "Unmask" => "unmask=",
        _ => "",
    };
    let text = text.strip_prefix(prefix).unwrap_or(text);
    if !is_plain(raw) || !is_plain(text) {
        return refuse("the value is not written out plainly");
    }
    Ok(Edit {
        file: place.file,
        span: place.value,
        text: text.to_owned(),
    })
}

/// Refuses to change a `Volume` in quotes: they are a part of the path, and an option behind them would be too.
fn refuse_quoted(reading: &Reading, place: &Place) -> Outcome<()> {
    let line = line_at(reading.file(place.file), place)?;
    match line.key == "Volume" && unquoted(line.value.text()).1.start > 0 {
        true => refuse("the quotes are a part of the path"),
        false => Ok(()),
    }
}
