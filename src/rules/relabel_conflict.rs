//! `relabel-conflict`: both label requests at once.

use crate::fix::{Finding, Label};

use super::Scene;
use super::common::who;
use super::relabel::asks_for_both;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let both = container.mounts.iter().filter(|w| asks_for_both(&w.value));
    both.map(|mount| {
        let message = format!(
            "{} does not start: the engine refuses `z` and `Z` together",
            who(container)
        );
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
