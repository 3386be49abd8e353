//! `relabel-conflict`: both label requests at once.

use crate::container::{Engine, Syntax};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::who;
use super::relabel::asks_for_both;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let both = container.mounts.iter().filter(|w| asks_for_both(&w.value));
    // Compose hands on what it has read (compose-go `format/volume.go`; seen on 2.40), podman-compose
    // what is written
    let last_wins = container.syntax == Syntax::Compose && container.engine != Engine::Podman;
    both.map(|mount| {
        let label = mount.value.options.iter().rev().find(|o| o.is("z") || o.is("Z"));
        let last = if label.is_some_and(|o| o.is("Z")) { "Z" } else { "z" };
        let message = match last_wins {
            true => format!(
                "{} asks for `z` and `Z` at once: Compose uses the last one, `{last}`, and ignores the other",
                who(container)
            ),
            false => format!(
                "{} does not start: the engine refuses `z` and `Z` together",
                who(container)
            ),
        };
        let mut finding = Finding::new(
            "relabel-conflict",
            message,
            Label::new(&mount.place, "two requests for one label"),
        );
        finding
            .helps
            .push("`Z` for a directory of this container alone, `z` where another container mounts it too".to_owned());
        finding
    })
    .collect()
}
