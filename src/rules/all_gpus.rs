//! `all-gpus`: every GPU of the host is passed in.

use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_privileged, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let all = container.gpus.iter().find(|w| w.value.is("all"));
    let Some(gpus) = all.filter(|_| !is_privileged(container)) else {
        return Vec::new();
    };
    let mut finding = Finding::new(
        "all-gpus",
        format!("{} gets every GPU of the host, those added later too", who(container)),
        Label::new(&gpus.place, "all of them"),
    );
    finding
        .helps
        .push("where there are several, pass the one it uses: `--gpus 1`, `--gpus device=0`".to_owned());
    vec![finding]
}
