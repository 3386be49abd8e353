//! `new-privileges`: a default that forbids new privileges is switched off.

use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{security_options, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let off = |value: &str| matches!(value, "0" | "f" | "F" | "false" | "FALSE" | "False");
    let mut options = security_options(container).filter(|(key, ..)| key == "no-new-privileges");
    let Some((_, _, option)) = options.find(|(_, value, _)| off(value)) else {
        return Vec::new();
    };
    let message = format!(
        "a process in {} can become root again, even where the engine's default forbids it",
        who(container)
    );
    let mut finding = Finding::new("new-privileges", message, Label::new(&option.place, "switched off"));
    finding
        .notes
        .push("it only changes something where the daemon is set to `no-new-privileges`".to_owned());
    finding.fixes.push(Fix {
        title: "leave it to the engine's default".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(option.place.clone())],
    });
    vec![finding]
}
