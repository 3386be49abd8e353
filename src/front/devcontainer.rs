//! Development containers and their features: what the container is started with, and the commands that run
//! around it.

mod container;
mod lifecycle;
mod variables;

use std::sync::Arc;

use super::json;
use super::reading::{Front, Kind, Problem, Reading, Surroundings};
use crate::container::{Container, FileId};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Source, Span};

/// The row of the table of fronts.
pub(super) const FRONT: Front = Front {
    kind: Kind::Devcontainer,
    word: "devcontainer",
    noun: "a devcontainer.json",
    by_name: |name| {
        matches!(
            name,
            "devcontainer.json" | ".devcontainer.json" | "devcontainer-feature.json"
        )
    },
    // a text is one where its name says so
    looks_like: |_| false,
    may_matter: |_| true,
    read,
    read_in_place: None,
    render,
};

/// Reads a devcontainer or a feature.
fn read(source: &Arc<Source>, _: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Devcontainer, Arc::clone(source));
    let tree = json::read(source.text(), source.bom_len());
    reading.comments = tree.comments;
    match tree.root {
        Ok(Some(root)) => {
            reading.containers.extend(container::read(&root));
            reading.nested = lifecycle::commands(&root);
            nodes(&root, &mut reading.nodes);
        }
        Ok(None) => {}
        Err((span, message)) => reading.problems.push(Problem {
            file: FileId(0),
            span,
            message,
            ends_reading: true,
            bound: tree.too_deep,
        }),
    }
    reading
}

/// Every entry and item.
fn nodes(node: &json::Node, out: &mut Vec<Span>) {
    for member in node.members() {
        out.push(member.entry);
        nodes(&member.value, out);
    }
    for item in node.items() {
        out.push(item.span);
        nodes(item, out);
    }
}

/// What a devcontainer asks for is for people to change.
fn render(_: &Reading, _: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    Err(Refusal("privlint does not edit a devcontainer's settings".to_owned()))
}

#[cfg(test)]
mod tests;
