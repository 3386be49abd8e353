//! Fronts: text to containers, and changes of a container to edits of that text.
//!
//! A front's trees never leave it. Every span a front reports is one of the file that was given to
//! it, or of a file that the reading lists in [`Reading::sources`]. A front reads one kind of files, and
//! imports no other: what it finds of another kind it returns as [`Nested`], which is read by the
//! front of that kind.

mod built;
mod cloud_init;
pub mod compose;
mod devcontainer;
pub mod dockerfile;
mod json;
mod make;
mod markdown;
mod merge;
mod mount_options;
mod named;
mod nested;
mod one_by_one;
mod quadlet;
mod reading;
pub mod script;
mod systemd;
mod unit;
mod workflow;
pub mod yaml;

pub use named::{by_shebang, is_named_otherwise};
pub use reading::{Comment, Document, Form, Front, Hint, Inner, Kind, Nested, Open, Problem, Reading, Render};
pub use reading::{Read, ReadInPlace, Seam, Surroundings};

use std::path::Path;
use std::sync::Arc;

use crate::container::Container;
use crate::fix::{Change, Edit, Refusal};
use crate::source::Source;

/// Every kind of files that is read: all that the rest of the program knows of one.
pub static FRONTS: [Front; 10] = [
    Front {
        kind: Kind::Compose,
        word: "compose",
        noun: "a Compose file",
        by_name: named::is_compose,
        looks_like: compose::looks_like_compose,
        may_matter: |_| true,
        read: read_compose,
        read_in_place: None,
        render: compose::render_together,
    },
    Front {
        kind: Kind::Shell,
        word: "shell",
        noun: "a shell script",
        by_name: named::is_shell,
        looks_like: named::has_shebang,
        may_matter: script::may_matter,
        read: script::read,
        read_in_place: Some(script::read_in_place),
        render: script::render,
    },
    Front {
        kind: Kind::Dockerfile,
        word: "dockerfile",
        noun: "a Dockerfile",
        by_name: named::is_dockerfile,
        // a text is one where its name says so
        looks_like: |_| false,
        may_matter: |_| true,
        read: dockerfile::read,
        read_in_place: None,
        render: dockerfile::render,
    },
    quadlet::FRONT,
    unit::FRONT,
    cloud_init::FRONT,
    markdown::FRONT,
    workflow::FRONT,
    make::FRONT,
    devcontainer::FRONT,
];

impl Kind {
    /// Its row of the table.
    pub fn front(self) -> &'static Front {
        // every kind has its row: a test holds that
        FRONTS.iter().find(|front| front.kind == self).unwrap_or(&FRONTS[0])
    }
}

/// The kind that a path's name tells.
pub fn by_name(path: &Path) -> Option<Kind> {
    // a byte that is not UTF-8 hides no file
    let name = path.file_name()?.to_string_lossy();
    let front = |name: &str| FRONTS.iter().find(|front| (front.by_name)(name));
    let found = front(&name).or_else(|| front(&named::laid_over(path)?));
    found.map(|front| front.kind)
}

/// The kind of a text without a name, told by what stands in it; a script tells nothing without its first line.
pub fn by_content(text: &str) -> Option<Kind> {
    if dockerfile::looks_like_dockerfile(text) {
        return Some(Kind::Dockerfile);
    }
    let found = FRONTS.iter().find(|front| (front.looks_like)(text));
    found.map(|front| front.kind)
}

/// Reads a file as a kind, and the documents inside it.
pub fn read(kind: Kind, source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = nested::read(&FRONTS, kind.front(), source, surroundings);
    for container in &mut reading.containers {
        container.around.knowledge = surroundings.knowledge;
        container.mounts.iter_mut().for_each(|written| written.value.tidy());
    }
    reading
}

/// A Compose file, whose services know what the Dockerfiles say that they build.
/// True for YAML that holds services of Compose without their key.
pub fn is_compose_fragment(text: &str) -> bool {
    compose::looks_like_fragment(text)
}

fn read_compose(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = compose::read(source, surroundings);
    built::attach(&mut reading, surroundings);
    reading
}

/// The edits that carry out all changes of one container, or why they cannot be made.
///
/// # Errors
/// A [`Refusal`] where the text does not say by itself what would change.
pub fn render(reading: &Reading, container: &Container, changes: &[Change]) -> Result<Vec<Edit>, Refusal> {
    render_together(reading, &[(container, changes.to_vec())])
}

/// The edits that carry out the changes of several containers at once: what they share is edited for all.
///
/// # Errors
/// A [`Refusal`] where the text does not say by itself what would change.
pub fn render_together(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    nested::render_together(&FRONTS, reading, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_row() {
        // in the order of the kinds, so that a kind without a row moves all that follow
        for (i, front) in FRONTS.iter().enumerate() {
            assert_eq!(front.kind as usize, i, "{}", front.word);
            assert_eq!(front.kind.front().word, front.word);
        }
    }
}
