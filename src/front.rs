//! Fronts: text to containers, and changes of a container to edits of that text.
//!
//! A front's trees never leave it. Every span a front reports is one of the file that was given to
//! it, or of a file that the reading lists in [`Reading::sources`].

mod built;
pub mod compose;
pub mod dockerfile;
mod named;
mod nested;
mod reading;
pub mod script;
pub mod yaml;

pub use named::by_name;
pub use nested::Inner;
pub use reading::{Comment, Hint, Kind, Problem, Reading, Surroundings};

use std::sync::Arc;

use crate::container::{Container, Syntax};
use crate::fix::{Change, Edit, Refusal};
use crate::source::Source;

/// Reads a file as a kind.
pub fn read(kind: Kind, source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    match kind {
        Kind::Compose => {
            let mut reading = compose::read(source, surroundings);
            built::attach(&mut reading, surroundings);
            reading
        }
        Kind::Shell => script::read(source, surroundings),
        Kind::Dockerfile => dockerfile::read(source, surroundings),
    }
}

/// The edits that carry out all changes of one container, or why they cannot be made.
///
/// The form of the launch decides who writes them: a command is a command wherever it stands.
pub fn render(reading: &Reading, container: &Container, changes: &[Change]) -> Result<Vec<Edit>, Refusal> {
    if let Some((inner, index)) = nested::holder(reading, container) {
        return inner.render(&[(index, container, changes)], reading.source());
    }
    match (container.syntax, reading.kind) {
        (Syntax::Compose, _) | (Syntax::Exec, Kind::Compose) => compose::render(reading, container, changes),
        (Syntax::BuildStep | Syntax::Image, _) => dockerfile::render(reading, container, changes),
        _ => script::render(reading, container, changes),
    }
}

/// The edits that carry out the changes of several containers at once: what they share is edited for all.
pub fn render_together(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    if let Some(edits) = nested::render_together(reading, all) {
        return edits;
    }
    let of_compose =
        |c: &Container| c.syntax == Syntax::Compose || (c.syntax == Syntax::Exec && reading.kind == Kind::Compose);
    if all.len() > 1 && all.iter().all(|(container, _)| of_compose(container)) {
        return compose::render_together(reading, all);
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (container, changes) in all {
        let own = render(reading, container, changes)?;
        edits.extend(own.into_iter().filter(|edit| seen.insert(edit.clone())));
    }
    Ok(edits)
}
