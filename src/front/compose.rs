//! Compose files: every service as the engine would be asked to run it, with the bytes that say so.

mod detect;
mod dotenv;
mod embedded;
mod extends;
mod fragment;
mod hooks;
mod interpolate;
mod merge;
mod mount;
mod page;
mod paths;
mod project;
mod render;
mod scripted;
mod service;
mod sets;
mod shared;
mod stack;
mod value;
mod write;

pub use detect::{looks_like_compose, looks_like_old_compose};
pub use fragment::looks_like_fragment;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use project::Loader;
use value::{Action, Body, Value};

use super::reading::{Hint, Kind, Problem, Reading, Surroundings};
use super::yaml::Tree;
use crate::container::{Container, Engine, FileId, Labelling, Relabel};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span};

/// Services of one project that are read, and mounts of them all.
const MAX_SERVICES: usize = 10_000;
const MAX_MOUNTS: usize = 40_000;

/// Everything that one reading draws on.
struct Project {
    sources: Vec<Arc<Source>>,
    /// Where the relative paths of each of them begin.
    bases: Vec<PathBuf>,
    /// The files laid over each other.
    root: Value,
}

/// Reads a Compose file, with what it draws on: `.env`, the override beside it, what it includes and
/// what its services extend. The values of other files have their places there.
///
/// Of an override file beside a Compose file, the project's services that it speaks of are given, as
/// they are with it.
pub fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Compose, Arc::clone(source));
    let tree = Tree::kept(source.text());
    let mut loader = Loader::new(source, Rc::clone(&tree), surroundings);
    let mut loaded: Vec<(Value, Vec<PathBuf>)> = Vec::new();
    let sets::Sets { sets, alone } = sets::of(source, surroundings);
    for set in sets.iter().take(sets::MAX_SETS) {
        if let Some(root) = loader.project_of(set) {
            loaded.push((root, loader.bases()));
        }
    }
    if sets.len() > sets::MAX_SETS {
        let message = format!("only the first {} projects of this file are read", sets::MAX_SETS);
        loader.problems.push(Problem {
            file: FileId(0),
            span: Span::default(),
            message,
            ends_reading: true,
            bound: true,
        });
    }
    if loaded.is_empty() || alone {
        let root = loader.project();
        loaded.push((root, loader.bases()));
    }
    reading.sources = loader.sources;
    reading.problems = loader.problems;
    reading.problems.extend(tree.problems.iter().map(|p| Problem {
        file: FileId(0),
        span: p.span,
        message: p.message.clone(),
        ends_reading: p.ends_document,
        bound: p.bound,
    }));
    let engine = match surroundings.engine {
        Engine::Unknown if is_for_podman(&source.path) => Engine::Podman,
        Engine::Unknown if loaded.iter().any(|(root, _)| speaks_to_podman(root)) => Engine::Podman,
        Engine::Unknown => Engine::Docker,
        engine => engine,
    };
    reading.comments.extend(tree.comments.iter().copied());
    for (root, bases) in loaded {
        let sources = reading.sources.clone();
        let mut project = Project { sources, bases, root };
        finish(&mut project);
        add_services(&project, engine, &mut reading);
    }
    reading.nodes.extend(nodes(&tree));
    reading
}

/// Adds the services of a project, and the documents inside them. One that is the same in an earlier
/// project is the same container.
fn add_services(project: &Project, engine: Engine, reading: &mut Reading) {
    let Some(services) = project.root.get("services") else {
        return;
    };
    let earlier = std::mem::take(&mut reading.containers);
    let earlier_mounts = earlier.iter().map(|c| c.mounts.len()).sum::<usize>();
    let crowded = earlier.len() >= MAX_SERVICES * 2 || earlier_mounts >= MAX_MOUNTS * 2;
    let mut mounts = 0;
    for (name, value) in services
        .entries()
        .iter()
        .filter(|(name, value)| !is_lost_key(name, value))
    {
        let count = reading.containers.len();
        if crowded || count >= MAX_SERVICES || mounts >= MAX_MOUNTS {
            reading.problems.push(Problem {
                file: value.file,
                span: value.key,
                message: format!("only the first {count} services of this project are read"),
                ends_reading: true,
                bound: true,
            });
            break;
        }
        let found = service::lower(project, name, value, engine, &mut reading.problems);
        mounts += found.iter().map(|c| c.mounts.len()).sum::<usize>();
        reading.containers.extend(found);
    }
    shared::take_over(&mut reading.containers);
    stack::mark(project, &reading.comments, &mut reading.containers);
    reading.selinux_hints.extend(hints(&reading.containers));
    reading.nested.extend(embedded::find(services));
    let mut at: HashMap<(FileId, Span), Vec<usize>> = HashMap::new();
    for (i, c) in earlier.iter().enumerate() {
        at.entry((c.file, c.head)).or_default().push(i);
    }
    let known = |c: &Container| {
        let there = at.get(&(c.file, c.head)).map(Vec::as_slice).unwrap_or_default();
        there.iter().any(|&i| earlier.get(i) == Some(c))
    };
    reading.containers.retain(|c| !known(c));
    reading.containers.splice(0..0, earlier.iter().cloned());
}

/// True for a key of a service that stands where services do, because its lines are not indented enough: what
/// it holds is no service.
fn is_lost_key(name: &str, value: &Value) -> bool {
    const KEYS: [&str; 16] = [
        "build",
        "command",
        "ports",
        "volumes",
        "environment",
        "image",
        "deploy",
        "networks",
        "depends_on",
        "healthcheck",
        "labels",
        "restart",
        "logging",
        "env_file",
        "entrypoint",
        "links",
    ];
    KEYS.contains(&name)
        && ["image", "build", "extends", "provider"]
            .iter()
            .all(|key| value.get(key).is_none())
}

/// True for the names that only podman-compose looks for: `podman-compose.yaml`, `podman-compose.yml`.
fn is_for_podman(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    matches!(name, Some("podman-compose.yaml" | "podman-compose.yml"))
}

/// True for what only podman-compose reads: `x-podman`, and `userns_mode: keep-id`.
fn speaks_to_podman(root: &Value) -> bool {
    let extension = |value: &Value| {
        let mut keys = value.entries().iter().map(|(key, _)| key);
        keys.any(|key| key == "x-podman" || key.starts_with("x-podman."))
    };
    let keeps_id = |service: &Value| {
        let mode = service.get("userns_mode").and_then(Value::text);
        mode.is_some_and(|mode| {
            let mode = mode.known_prefix();
            ["keep-id", "nomap", "auto"].contains(&mode.as_str())
                || ["keep-id:", "auto:"].iter().any(|m| mode.starts_with(m))
        })
    };
    let services = root.get("services").map(Value::entries);
    extension(root)
        || services
            .into_iter()
            .flatten()
            .any(|(_, service)| extension(service) || keeps_id(service))
}

/// Brings every service into its final form.
fn finish(project: &mut Project) {
    if let Body::Map(entries) = &mut project.root.body
        && let Some((_, services)) = entries.iter_mut().find(|(name, _)| name == "services")
        && let Body::Map(services) = &mut services.body
    {
        services.retain(|(_, service)| service.action != Action::Reset);
        for (_, service) in services {
            merge::drop_resets(service);
            merge::normal(service);
            merge::unique(service);
        }
    }
}

/// Every entry and item.
fn nodes(tree: &Tree) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for node in tree.nodes() {
        match &node.kind {
            super::yaml::Kind::Mapping(entries) => spans.extend(entries.iter().map(|e| e.entry)),
            super::yaml::Kind::Sequence(items) => spans.extend(items.iter().map(|i| i.entry)),
            _ => {}
        }
    }
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
                let key = mount.value.labelling == Labelling::Key;
                let shared = mount.value.relabel == Relabel::Shared;
                hints.push(Hint {
                    span,
                    what: format!(
                        "{}{}",
                        if key { "selinux: " } else { ":" },
                        if shared { "z" } else { "Z" }
                    ),
                    labelled: Vec::new(),
                });
            }
        }
        for option in &c.security_opt {
            let text = option.value.known_prefix();
            if option.place.file == FileId(0) && (text.starts_with("label=") || text.starts_with("label:")) {
                hints.push(Hint {
                    span: option.place.value,
                    what: option.value.shown(),
                    labelled: Vec::new(),
                });
            }
        }
    }
    hints.sort_by_key(|h| h.span);
    hints.dedup();
    hints
}

/// The edits that carry out the changes of several containers at once, or why they cannot be made.
pub fn render_together(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    render::render_together(reading, all)
}

#[cfg(test)]
mod tests;
