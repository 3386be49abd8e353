//! Compose files: every service as the engine would be asked to run it, with the bytes that say so.

mod detect;
mod interpolate;
mod merge;
mod mount;
mod service;
mod value;

pub use detect::{looks_like_compose, looks_like_old_compose};

use std::path::Path;
use std::sync::Arc;

use interpolate::Env;
use value::{Body, Level, Lowering, MAX_VALUES, Value};

use super::yaml::Tree;
use super::{Hint, Kind, Problem, Reading, Surroundings};
use crate::container::{Container, Engine, FileId, Relabel};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span};

/// Everything that one reading draws on.
struct Project {
    sources: Vec<Arc<Source>>,
    /// The files laid over each other.
    root: Value,
}

/// Reads a Compose file, with what it draws on.
pub fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Compose, Arc::clone(source));
    let tree = Tree::parse(source.text());
    let folder = source.path.parent().unwrap_or(Path::new("")).to_owned();
    let env = Env::beside(&folder, surroundings.open);
    let mut budget = MAX_VALUES;
    let root = file_value(source, &tree, FileId(0), &env, &mut budget, &mut reading.problems);
    reading.problems.extend(tree.problems.iter().map(|p| Problem {
        file: FileId(0),
        span: p.span,
        message: p.message.clone(),
        ends_reading: p.ends_document,
    }));
    let engine = match surroundings.engine {
        Engine::Unknown => Engine::Docker,
        engine => engine,
    };
    let mut project = Project {
        sources: reading.sources.clone(),
        root,
    };
    finish(&mut project);
    if let Some(services) = project.root.get("services") {
        for (name, value) in services.entries() {
            let found = service::lower(&project, name, value, engine, &mut reading.problems);
            reading.containers.extend(found);
        }
    }
    reading.containers.sort_by_key(|c| (c.file, c.head));
    reading.comments = tree.comments.clone();
    reading.nodes = nodes(&tree);
    reading.selinux_hints = hints(&reading.containers);
    reading.problems.sort_by_key(|p| (p.file, p.span));
    reading.problems.dedup();
    reading
}

/// The value of a file: its documents laid over each other in turn.
fn file_value(
    source: &Source,
    tree: &Tree,
    file: FileId,
    env: &Env,
    budget: &mut usize,
    problems: &mut Vec<Problem>,
) -> Value {
    let mut lowering = Lowering {
        file,
        text: source.text(),
        tree,
        env,
        budget,
        stopped: None,
    };
    let mut whole: Option<Value> = None;
    for &root in &tree.documents {
        let root = tree.resolve(root);
        let old = detect::is_old_layout(tree, root);
        let mut value = lowering.document(root, if old { Level::OldRoot } else { Level::Root });
        if old {
            let services = value.clone();
            value.body = Body::Map(vec![("services".to_owned(), services)]);
        }
        match &mut whole {
            None => {
                merge::drop_resets(&mut value);
                whole = Some(value);
            }
            Some(base) => merge::files(base, value),
        }
    }
    if let Some(span) = lowering.stopped {
        problems.push(Problem {
            file,
            span,
            message: "aliases and nesting make more of this file than is read".to_owned(),
            ends_reading: true,
        });
    }
    whole.unwrap_or(Value {
        body: Body::Null,
        file,
        span: Span::default(),
        key: Span::default(),
        entry: Span::default(),
        via: Vec::new(),
        action: value::Action::Merge,
        complete: true,
    })
}

/// Brings every service into its final form.
fn finish(project: &mut Project) {
    if let Body::Map(entries) = &mut project.root.body
        && let Some((_, services)) = entries.iter_mut().find(|(name, _)| name == "services")
        && let Body::Map(services) = &mut services.body
    {
        for (_, service) in services {
            merge::normal(service);
            merge::unique(service);
        }
    }
}

/// Every entry and item, the larger before what it holds.
fn nodes(tree: &Tree) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for node in tree.nodes() {
        match &node.kind {
            super::yaml::Kind::Mapping(entries) => spans.extend(entries.iter().map(|e| e.entry)),
            super::yaml::Kind::Sequence(items) => spans.extend(items.iter().map(|i| i.entry)),
            _ => {}
        }
    }
    spans.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    spans.dedup();
    spans
}

/// Labels that the file itself asks for.
fn hints(containers: &[Container]) -> Vec<Hint> {
    let mut hints = Vec::new();
    for c in containers {
        for mount in &c.mounts {
            let span = mount.value.relabel_span.filter(|_| mount.place.file == FileId(0));
            let lost = mount.value.relabel_lost.is_some();
            if let Some(span) = span.filter(|_| lost || mount.value.relabel != Relabel::None) {
                let what = if mount.value.relabel == Relabel::Shared {
                    ":z"
                } else {
                    ":Z"
                };
                hints.push(Hint {
                    span,
                    what: what.to_owned(),
                });
            }
        }
        for option in &c.security_opt {
            let text = option.value.known_prefix();
            if option.place.file == FileId(0) && (text.starts_with("label=") || text.starts_with("label:")) {
                hints.push(Hint {
                    span: option.place.value,
                    what: option.value.shown(),
                });
            }
        }
    }
    hints.sort_by_key(|h| h.span);
    hints.dedup();
    hints
}

/// The edits that carry out all changes of one container, or why they cannot be made.
pub fn render(reading: &Reading, container: &Container, changes: &[Change]) -> Result<Vec<Edit>, Refusal> {
    let _ = (reading, container, changes);
    Err(Refusal("not yet written".to_owned()))
}
