//! `relabel-conflict`: both label requests at once.

use crate::container::Text;
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::who;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let says = |options: &[Text], letter: &str| options.iter().any(|o| o.is(letter));
    let both = container
        .mounts
        .iter()
        .filter(|w| says(&w.value.options, "z") && says(&w.value.options, "Z"));
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
