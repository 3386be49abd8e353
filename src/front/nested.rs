//! Documents inside documents: a Compose file in a heredoc, a Dockerfile in a Compose file, shell in a
//! Dockerfile's `RUN`.
//!
//! A front says which documents it found, and reads none of another kind. They are read here, each by
//! its own front, and what they hold is added to the outer file's reading, with its places there.
//! Shell is read in place: what it launches is changed where it stands. Every other document is read as
//! a file of its own; changes are written in its text, and go out through its seam.

mod gaps;
mod lines;
mod remap;
mod seam;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::merge;
use super::reading::{Comment, Document, Form, Front, Hint, Inner, Kind, Nested, Problem, Reading, Surroundings};
use crate::container::{Container, FileId, NestedIn, Starts, Syntax};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span};
use remap::Mover;

/// Reads a file, and the documents inside it.
pub(super) fn read(fronts: &[Front], front: &Front, source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = (front.read)(source, surroundings);
    for nested in std::mem::take(&mut reading.nested) {
        let Some((front, sure)) = front_of(fronts, &nested) else {
            continue;
        };
        match front.read_in_place {
            Some(read) if nested.form != Form::Script => {
                let own = read(source, &nested.excerpt, surroundings);
                add_in_place(&mut reading, own, &nested);
            }
            _ => add(&mut reading, fronts, front, &nested, sure, surroundings),
        }
    }
    reading.containers.sort_by_key(|c| (c.file, c.head));
    reading.comments.sort_by_key(|c| c.span);
    reading.comments.dedup();
    reading.nodes.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    reading.nodes.dedup();
    reading.selinux_hints.sort_by_key(|h| h.span);
    reading.selinux_hints.dedup();
    reading.problems.sort_by_key(|p| (p.file, p.span));
    reading.problems.dedup();
    reading
}

/// Which front reads a document, and whether it surely is of that kind. A file tells by its name; for
/// YAML of another name, and for a name that is not known, the text does.
fn front_of<'f>(fronts: &'f [Front], nested: &Nested) -> Option<(&'f Front, bool)> {
    let of_kind = |kind: Kind| fronts.iter().find(|front| front.kind == kind);
    let (path, appends) = match &nested.form {
        Form::Kind(kind) => return Some((of_kind(*kind)?, true)),
        Form::Stack => return Some((of_kind(Kind::Compose)?, true)),
        Form::Script => return Some((of_kind(Kind::Shell)?, true)),
        Form::Structured => {
            let mut all = fronts.iter().filter(|front| front.read_in_place.is_none());
            return Some((all.find(|front| (front.looks_like)(nested.excerpt.text()))?, false));
        }
        Form::File { path, appends } => (Path::new(path), *appends),
    };
    let name = path.file_name()?.to_str()?;
    let text = nested.excerpt.text();
    let named = fronts.iter().find(|front| (front.by_name)(name));
    match named {
        Some(front) if front.kind.is_host() => None,
        // a script that a script writes is followed where it is written
        Some(front) if front.read_in_place.is_some() => None,
        Some(front) if !appends => Some((front, true)),
        Some(front) => (front.looks_like)(text).then_some((front, false)),
        None => {
            let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
            let open = matches!(ending, "yml" | "yaml") || ending.contains(['$', '…']);
            let mut written = fronts.iter().filter(|front| front.read_in_place.is_none());
            written
                .find(|front| (open || front.kind.is_told_by_text()) && (front.looks_like)(text))
                .map(|front| (front, false))
        }
    }
}

/// Adds what was read in place.
fn add_in_place(reading: &mut Reading, own: Reading, nested: &Nested) {
    let document = reading.documents.len();
    let bodies: Vec<Span> = own.containers.iter().map(|c| c.body).collect();
    for (index, mut container) in own.containers.into_iter().enumerate() {
        container.via.extend(nested.provenance.iter().cloned());
        container.nested = Some(NestedIn { document, index });
        // steps of a build run as root until the Dockerfile says otherwise
        container.rootless &= !nested.inside_image;
        add_container(reading, container);
    }
    let counts = |hint: &Hint| !nested.inside_image || bodies.iter().any(|body| body.contains(hint.span));
    reading
        .selinux_hints
        .extend(own.selinux_hints.into_iter().filter(counts));
    reading.problems.extend(own.problems);
    reading.comments.extend(own.comments);
    let inside = |node: &Span| !node.is_empty() && nested.span.contains(*node);
    reading.nodes.extend(own.nodes.into_iter().filter(inside));
    reading.documents.push(Document {
        kind: own.kind,
        inner: None,
    });
}

/// Adds a container, unless it is known: a service of several projects holds the same documents in each.
fn add_container(reading: &mut Reading, container: Container) {
    let known = |c: &Container| {
        let mut other = container.clone();
        other.nested = c.nested;
        c.nested.is_some() && *c == other
    };
    let place = (container.file, container.head);
    let mut there = reading.containers.iter().filter(|c| (c.file, c.head) == place);
    if !there.any(known) {
        reading.containers.push(container);
    }
}

/// Adds a launch of a text that several documents take up: what each makes of it is put together.
fn add_shared(reading: &mut Reading, container: Container) {
    let there = |c: &&mut Container| {
        c.nested.is_some() && (c.file, c.head, c.syntax) == (container.file, container.head, container.syntax)
    };
    match reading.containers.iter_mut().find(there) {
        Some(first) => merge::join(first, container, None),
        None => reading.containers.push(container),
    }
}

/// A launch whose word comes from elsewhere in the file stands where the document does.
fn stand_here(container: &mut Container, nested: &Nested) {
    let known = |span: Span| nested.shared.iter().any(|text| text.contains(span));
    if nested.form == Form::Script && !nested.span.contains(container.head) && !known(container.head) {
        container.head = nested.span;
        container.body = nested.span;
    }
}

/// Reads a document as a file of its own, and adds what it holds with its places in the outer file.
fn add(
    reading: &mut Reading,
    fronts: &[Front],
    front: &Front,
    nested: &Nested,
    sure: bool,
    surroundings: &Surroundings,
) {
    let path = match &nested.form {
        // the folder tells whose unit it is
        Form::File { path, .. } if front.kind.is_told_by_text() => Some(PathBuf::from(path)),
        Form::File { path, .. } => Path::new(path).file_name().map(PathBuf::from),
        _ => None,
    };
    let name = path.clone().map(|name| name.to_string_lossy().into_owned());
    // its neighbours are those of a folder that nobody knows
    let alone = Surroundings {
        engine: surroundings.engine,
        knowledge: surroundings.knowledge,
        ..Surroundings::none()
    };
    let path = path.unwrap_or_else(|| PathBuf::from("stdin"));
    let source = Arc::new(Source::new(path, nested.excerpt.text()));
    let mut own = read(fronts, front, &source, &alone);
    if nested.form == Form::Stack {
        let services = own.containers.iter_mut();
        services.for_each(|service| service.deploy_as_stack("`docker stack deploy`, which reads it".to_owned(), true));
    }
    let whole = nested.open.is_whole();
    let cut = |problem: &Problem| problem.ends_reading;
    if own.problems.iter().any(cut) && !(sure && whole) && nested.form != Form::Script {
        // what the script fills in may be what it lacks
        return;
    }
    let piece = nested.is_example || nested.open.grows || !nested.open.left_out.is_empty();
    if own.kind == Kind::Dockerfile && piece {
        // what comes to it may well be another user, or another stage
        own.containers.retain(|c| c.syntax != Syntax::Image);
    }
    let mut gaps = nested.open.gaps.clone();
    for gap in &mut gaps {
        let written = reading.source().slice(gap.span);
        if written.starts_with(['$', '`']) && !written.contains('\n') {
            written.clone_into(&mut gap.text);
        }
    }
    let mover = Mover {
        outer: &nested.excerpt,
        file: FileId(0),
        gaps: &gaps,
        assumed: &nested.open.assumed,
    };
    let document = reading.documents.len();
    let mut moved = Vec::new();
    for (index, container) in own.containers.iter().enumerate() {
        let mut container = container.clone();
        mover.container(&mut container);
        container.certain &= nested.certain;
        container.rootless &= !nested.by_root;
        container.documented |= nested.is_example;
        if nested.many {
            container.starts = Starts::Many;
        }
        container.via.extend(nested.provenance.iter().cloned());
        container.nested = Some(NestedIn { document, index });
        container.rootless &= !nested.inside_image;
        stand_here(&mut container, nested);
        moved.push(container);
    }
    gaps::hide(&own, nested, name.as_deref(), &mut moved);
    for container in moved {
        match nested.shared.iter().any(|text| text.contains(container.head)) {
            true => add_shared(reading, container),
            false => add_container(reading, container),
        }
    }
    let told = sure && whole && !nested.is_example;
    let told = |problem: &&Problem| told || (cut(problem) && nested.form == Form::Script);
    reading
        .problems
        .extend(own.problems.iter().filter(told).map(|problem| Problem {
            file: FileId(0),
            span: nested.excerpt.outer_span_near(problem.span),
            ..problem.clone()
        }));
    reading.scaled.extend(own.scaled.iter().cloned());
    reading.entered.extend(own.entered.iter().map(|service| {
        let mut service = service.clone();
        mover.written(&mut service);
        service
    }));
    let out = |mut span: Span| {
        mover.span(&mut span);
        span
    };
    reading.comments.extend(own.comments.iter().map(|comment| Comment {
        span: out(comment.span),
        own_line: comment.own_line,
    }));
    reading.nodes.extend(own.nodes.iter().map(|&node| out(node)));
    // a comment above a command covers what it writes
    let end = out(Span::at(nested.excerpt.text().len()));
    reading.nodes.push(Span {
        start: nested.span.start,
        end: end.end.max(nested.span.end),
    });
    let bodies: Vec<Span> = own.containers.iter().map(|c| c.body).collect();
    let counts = |hint: &&Hint| !nested.inside_image || bodies.iter().any(|body| body.contains(hint.span));
    reading
        .selinux_hints
        .extend(own.selinux_hints.iter().filter(counts).map(|hint| Hint {
            span: out(hint.span),
            what: hint.what.clone(),
            labelled: hint.labelled.clone(),
        }));
    reading.documents.push(Document {
        kind: own.kind,
        inner: Some(Inner {
            reading: own,
            excerpt: nested.excerpt.clone(),
            span: nested.span,
            seam: nested.seam,
        }),
    });
}

/// The edits that carry out the changes of several containers at once: what they share is edited for all.
pub(super) fn render_together(
    fronts: &[Front],
    reading: &Reading,
    all: &[(&Container, Vec<Change>)],
) -> Result<Vec<Edit>, Refusal> {
    let document = |container: &Container| container.nested.map(|nested| nested.document);
    let first = all.first().and_then(|(container, _)| document(container));
    if all.iter().all(|(container, _)| document(container) == first) {
        return render_in(fronts, reading, first, all);
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for one in all {
        let own = render_in(fronts, reading, document(one.0), std::slice::from_ref(one))?;
        edits.extend(own.into_iter().filter(|edit| seen.insert(edit.clone())));
    }
    Ok(edits)
}

/// The edits for containers of one document; of the file itself for `None`.
fn render_in(
    fronts: &[Front],
    reading: &Reading,
    document: Option<usize>,
    all: &[(&Container, Vec<Change>)],
) -> Result<Vec<Edit>, Refusal> {
    let document = document.and_then(|at| reading.documents.get(at));
    let kind = document.map_or(reading.kind, |document| document.kind);
    let Some(inner) = document.and_then(|document| document.inner.as_ref()) else {
        let front = fronts.iter().find(|front| front.kind == kind);
        let front = front.ok_or_else(|| Refusal("nothing of this kind is changed".to_owned()))?;
        return (front.render)(reading, all);
    };
    let held: Vec<(usize, &Container, &[Change])> = all
        .iter()
        .map(|(container, changes)| {
            let index = container.nested.map_or(usize::MAX, |nested| nested.index);
            (index, *container, changes.as_slice())
        })
        .collect();
    let edits = render_together(fronts, &inner.reading, &inner.own_changes(&held)?)?;
    let outside = reading.source();
    edits.into_iter().map(|edit| inner.move_out(edit, outside)).collect()
}

#[cfg(test)]
mod tests;
