//! `new-privileges`: a default that forbids new privileges is switched off.

use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{security_option_of, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let off = ["0", "f", "F", "false", "FALSE", "False"];
    let Some(option) = security_option_of(container, "no-new-privileges", &off) else {
        return Vec::new();
    };
    let message = format!(
        "a process in {} can become root again, even where the engine's default forbids it",
        who(container)
    );
    let mut finding = Finding::new("new-privileges", message, Label::new(&option.place, "switched off"));
    finding
        .notes
        .push("it only makes a difference where the daemon sets `no-new-privileges`".to_owned());
    finding.fixes.push(Fix {
        title: "leave it to the engine's default".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(option.place.clone())],
    });
    vec![finding]
}
