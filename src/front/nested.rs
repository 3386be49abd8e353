//! Documents that a script writes out itself: a Compose file or a Dockerfile in a heredoc.
//!
//! The text is read as a file of its own, as it will be when the script has run, and everything found
//! is moved to where it stands in the script. To change something, the change is written in the text,
//! and its edits are moved out, or refused where the script has not the same bytes there.

pub(super) mod remap;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reading::{Kind, Problem, Reading, Surroundings};
use super::{by_name, compose, dockerfile};
use crate::container::{Container, FileId, Place, Syntax, Unseen, Via, ViaKind};
use crate::fix::{Change, Edit, Refusal};
use crate::shell::{Gap, Handed, Receiver};
use crate::source::{Excerpt, Source, Span};
use remap::Mover;

/// A document inside a script.
#[derive(Clone, Debug)]
pub struct Inner {
    /// What was read of its text, in places of that text.
    reading: Reading,
    /// The text with the way to the script.
    excerpt: Excerpt,
    /// The containers by where they stand in the script.
    at: HashMap<Span, Vec<usize>>,
    guard: Guard,
}

/// What may not be written in a text, because the shell would take it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// A quoted heredoc: anything may.
    Nothing,
    /// A heredoc in which variables are filled in.
    Expansions,
    /// A string of the script, or a script within the script.
    Quotes,
}

/// Reads what a script hands over, and adds it to what was read of the script. What is no document
/// of a kind that is read is passed over.
pub(super) fn add(reading: &mut Reading, handed: &[Handed], surroundings: &Surroundings) {
    for handed in handed {
        if let Some((kind, sure)) = kind(handed) {
            take(reading, handed, kind, sure, surroundings);
        }
    }
    reading.containers.sort_by_key(|c| (c.file, c.head));
    reading.comments.sort_by_key(|c| c.span);
    reading.nodes.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    reading.selinux_hints.sort_by_key(|h| h.span);
}

/// What a text is, and whether it surely is. A file tells by its name; for YAML of another name, and
/// for a name that is not known, the text does.
fn kind(handed: &Handed) -> Option<(Kind, bool)> {
    let (path, appends) = match &handed.to {
        Receiver::Compose | Receiver::Stack => return Some((Kind::Compose, true)),
        Receiver::Build => return Some((Kind::Dockerfile, true)),
        Receiver::File { path, appends } => (Path::new(path), *appends),
    };
    let name = path.file_name()?.to_str()?;
    let looks_like_compose = || compose::looks_like_compose(handed.excerpt.text());
    match by_name(path) {
        Some(Kind::Compose) if !appends => Some((Kind::Compose, true)),
        Some(Kind::Dockerfile) if !appends => Some((Kind::Dockerfile, true)),
        Some(Kind::Compose) => looks_like_compose().then_some((Kind::Compose, false)),
        Some(Kind::Dockerfile | Kind::Shell) => None,
        None => {
            let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
            let open = matches!(ending, "yml" | "yaml") || ending.contains(['$', '…']);
            (open && looks_like_compose()).then_some((Kind::Compose, false))
        }
    }
}

fn take(reading: &mut Reading, handed: &Handed, kind: Kind, sure: bool, surroundings: &Surroundings) {
    let path = match &handed.to {
        Receiver::File { path, .. } => Path::new(path).file_name().map(PathBuf::from),
        _ => None,
    };
    let named = path.clone().map(|name| name.to_string_lossy().into_owned());
    let path = path.unwrap_or_else(|| PathBuf::from("stdin"));
    // its neighbours are those of a folder that nobody knows
    let alone = Surroundings {
        engine: surroundings.engine,
        projects: &[],
        open: &|_| None,
    };
    let source = Arc::new(Source::new(path, handed.excerpt.text()));
    let mut own = match kind {
        Kind::Compose => compose::read(&source, &alone),
        Kind::Dockerfile => dockerfile::read(&source, &alone),
        Kind::Shell => return,
    };
    if handed.to == Receiver::Stack {
        let services = own.containers.iter_mut();
        services.for_each(|service| service.deploy_as_stack("`docker stack deploy`, which reads it".to_owned(), true));
    }
    let whole = handed.gaps.is_empty() && handed.left_out.is_empty() && !handed.grows;
    if own.problems.iter().any(|p| p.ends_reading) && !(sure && whole) {
        // what the script fills in may be what it lacks
        return;
    }
    if kind == Kind::Dockerfile && (handed.grows || !handed.left_out.is_empty()) {
        // what comes to it may well be another user, or another stage
        own.containers.retain(|c| c.syntax != Syntax::Image);
    }
    let mut gaps = handed.gaps.clone();
    for gap in &mut gaps {
        let written = reading.source().slice(gap.span);
        if written.starts_with(['$', '`']) && !written.contains('\n') {
            written.clone_into(&mut gap.text);
        }
    }
    let mover = Mover {
        outer: &handed.excerpt,
        file: FileId(0),
        gaps: &gaps,
    };
    let mut way = vec![Via {
        kind: ViaKind::Embedded,
        name: named.clone().unwrap_or_else(|| "heredoc".to_owned()),
        span: handed.span,
        file: FileId(0),
    }];
    way.extend(handed.via.iter().cloned());
    let mut at: HashMap<Span, Vec<usize>> = HashMap::new();
    let mut moved = Vec::new();
    for (index, container) in own.containers.iter().enumerate() {
        let mut container = container.clone();
        mover.container(&mut container);
        container.certain &= handed.certain;
        container.via.extend(way.iter().cloned());
        at.entry(container.head).or_default().push(index);
        moved.push(container);
    }
    hide(&own, handed, named.as_deref(), &mut moved);
    reading.containers.append(&mut moved);
    if sure && whole {
        reading.problems.extend(own.problems.iter().map(|problem| Problem {
            file: FileId(0),
            span: handed.excerpt.outer_span_near(problem.span),
            ..problem.clone()
        }));
    }
    let out = |mut span: Span| {
        mover.span(&mut span);
        span
    };
    reading
        .comments
        .extend(own.comments.iter().map(|comment| super::Comment {
            span: out(comment.span),
            own_line: comment.own_line,
        }));
    reading.nodes.extend(own.nodes.iter().map(|&node| out(node)));
    // a comment above the command covers what it writes
    let end = out(Span::at(handed.excerpt.text().len()));
    reading.nodes.push(Span {
        start: handed.span.start,
        end: end.end.max(handed.span.end),
    });
    reading
        .selinux_hints
        .extend(own.selinux_hints.iter().map(|hint| super::Hint {
            span: out(hint.span),
            what: hint.what.clone(),
        }));
    reading.inner.push(Inner {
        reading: own,
        excerpt: handed.excerpt.clone(),
        at,
        guard: match (handed.in_quotes, handed.verbatim) {
            (true, _) => Guard::Quotes,
            (false, true) => Guard::Nothing,
            (false, false) => Guard::Expansions,
        },
    });
}

/// Notes what may still be said of the services of a Compose file: in lines that the script fills in,
/// in what it adds to the file, and in the file that an override is laid over.
fn hide(own: &Reading, handed: &Handed, name: Option<&str>, moved: &mut [Container]) {
    let is_service = |i: &usize| own.containers.get(*i).is_some_and(|c| c.syntax == Syntax::Compose);
    let services: Vec<usize> = (0..own.containers.len()).filter(is_service).collect();
    let before = |offset: u32| {
        let stands = |i: &&usize| own.containers.get(**i).is_some_and(|c| c.head.start < offset);
        services.iter().rfind(stands).copied()
    };
    let hidden = |place: Place, text: &str| Unseen {
        place,
        text: text.to_owned(),
        hides: None,
    };
    for (offset, gap) in in_services(handed) {
        if let Some(container) = before(offset).and_then(|i| moved.get_mut(i))
            && container.unseen.iter().all(|u| u.hides.is_some())
        {
            container.unseen.push(hidden(Place::new(gap.span, gap.span), &gap.text));
        }
    }
    let overlays = name.is_some_and(|name| name.contains("override"));
    for (nth, &i) in services.iter().enumerate() {
        if let Some(container) = moved.get_mut(i)
            && (overlays || (handed.grows && nth + 1 == services.len()))
        {
            container.unseen.push(hidden(container.place(), name.unwrap_or("…")));
        }
    }
}

/// What is left out among the services of a Compose file, with its offset. What stands below another key
/// at the top cannot lead back to them.
fn in_services(handed: &Handed) -> Vec<(u32, &Gap)> {
    let text = handed.excerpt.text();
    // in the first layout of Compose, services stand at the top
    let old = !text.lines().any(|line| line.starts_with("services"));
    let mut among = true;
    let mut found = Vec::new();
    let mut left_out = handed.left_out.iter().peekable();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if !line.trim().is_empty() && !line.starts_with([' ', '\t', '#', '-']) {
            among = line.starts_with("services") || !line.trim_end().ends_with(':');
        }
        while let Some((offset, gap)) = left_out.next_if(|(offset, _)| (*offset as usize) < at) {
            if old || among {
                found.push((*offset, gap));
            }
        }
    }
    found.extend(left_out.filter(|_| old || among).map(|(offset, gap)| (*offset, gap)));
    found
}

/// The document that a container of a script stands in, and its index there.
pub(super) fn holder<'r>(reading: &'r Reading, container: &Container) -> Option<(&'r Inner, usize)> {
    let places = container.places().len();
    reading.inner.iter().find_map(|inner| {
        let here = inner.at.get(&container.head)?;
        let same = |i: &&usize| {
            let found = inner.reading.containers.get(**i);
            found.is_some_and(|c| c.syntax == container.syntax && c.places().len() == places)
        };
        Some((inner, *here.iter().find(same)?))
    })
}

fn refuse<T>(why: &str) -> Result<T, Refusal> {
    Err(Refusal(why.to_owned()))
}

/// The edits for several containers, where all stand in one document.
pub(super) fn render_together(
    reading: &Reading,
    all: &[(&Container, Vec<Change>)],
) -> Option<Result<Vec<Edit>, Refusal>> {
    let (first, _) = holder(reading, all.first()?.0)?;
    let mut held = Vec::new();
    for (container, changes) in all {
        let (inner, index) = holder(reading, container)?;
        if !std::ptr::eq(inner, first) {
            return None;
        }
        held.push((index, *container, changes.as_slice()));
    }
    Some(first.render(&held, reading.source()))
}

/// A change of a container of the script as one of the same container in its document.
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
        Change::Add(key, value) => Change::Add(*key, value.clone()),
    })
}

impl Inner {
    /// The edits of the script that carry out all changes of some containers of the document, each with
    /// its index there.
    pub(super) fn render(&self, all: &[(usize, &Container, &[Change])], script: &Source) -> Result<Vec<Edit>, Refusal> {
        let mut moved = Vec::new();
        for (index, container, changes) in all {
            let Some(own) = self.reading.containers.get(*index) else {
                return refuse("the container is not found where it was read");
            };
            let changes: Result<Vec<Change>, Refusal> =
                changes.iter().map(|change| inside(change, container, own)).collect();
            moved.push((own, changes?));
        }
        let edits = super::render_together(&self.reading, &moved)?;
        edits.into_iter().map(|edit| self.move_out(edit, script)).collect()
    }

    /// An edit of the text as one of the script.
    fn move_out(&self, edit: Edit, script: &Source) -> Result<Edit, Refusal> {
        let special: &[char] = match self.guard {
            Guard::Nothing => &[],
            Guard::Expansions => &['$', '`', '\\'],
            Guard::Quotes => &['$', '`', '\\', '"', '\''],
        };
        if edit.file != FileId(0) {
            return refuse("it is written in another file");
        }
        if edit.text.contains(special) {
            return refuse("the shell would take what is to be written here for its own");
        }
        let text = self.excerpt.text();
        let (from, to) = (edit.span.start as usize, edit.span.end as usize);
        let Some(outer) = self.excerpt.outer(edit.span) else {
            return refuse("what would change is not written out in the script");
        };
        let line = text
            .get(..from)
            .map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let tabs = self.dropped(line, script);
        let old = text.get(from..to).unwrap_or("");
        if without_tabs(script.slice(outer), !tabs.is_empty()) != old {
            return refuse("what would change is not written out in the script");
        }
        if edit.span.is_empty() && ends_in_name(script, outer.start) && continues_name(&edit.text) {
            return refuse("it would become part of a variable's name");
        }
        let closed = |part: &str| part.is_empty() || part.ends_with('\n');
        if from == line && closed(old) && closed(&edit.text) {
            let start = outer.start.saturating_sub(Span::at(tabs.len()).start);
            let lines = edit.text.split_inclusive('\n');
            let indented = lines.map(|l| {
                if l.trim().is_empty() {
                    l.to_owned()
                } else {
                    format!("{tabs}{l}")
                }
            });
            return Ok(Edit {
                file: FileId(0),
                span: Span {
                    start,
                    end: if old.is_empty() { start } else { outer.end },
                },
                text: indented.collect(),
            });
        }
        if !tabs.is_empty() && edit.text.ends_with('\n') {
            return refuse("what is to be written here would end between the tabs of a line");
        }
        Ok(Edit {
            file: FileId(0),
            span: outer,
            text: edit.text.replace('\n', &format!("\n{tabs}")),
        })
    }

    /// The tabs that `<<-` drops from the line that begins at an offset of the text.
    fn dropped<'s>(&self, line: usize, script: &'s Source) -> &'s str {
        let Some(at) = self.excerpt.outer(Span::at(line)) else {
            return "";
        };
        let start = script.line_span(script.line_of(at.start)).start;
        let before = script.slice(Span {
            start,
            end: at.start.max(start),
        });
        if before.chars().all(|c| c == '\t') { before } else { "" }
    }
}

/// A text without the tabs that its lines begin with, the first line aside.
fn without_tabs(text: &str, drop: bool) -> String {
    if !drop {
        return text.to_owned();
    }
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or("").to_owned();
    lines.fold(first, |all, line| all + line.trim_start_matches('\t'))
}

/// True right behind `$NAME`.
fn ends_in_name(script: &Source, at: u32) -> bool {
    let before = script.text().get(..at as usize).unwrap_or("");
    let head = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    head.ends_with('$')
}

fn continues_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '['))
}

#[cfg(test)]
mod tests;
