//! `redundant-capability`: docker grants it anyway.

use crate::container::{Engine, Syntax};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::capabilities;

use super::common::{capability_names, is_privileged, who};
use super::{Scene, cap_drop};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // podman makes an added capability ambient for an ordinary user, and grants fewer by default
    let docker = container.engine == Engine::Docker;
    if !docker || !container.syntax.is_launch() || is_privileged(container) || container.adds_all().is_some() {
        return Vec::new();
    }
    let hidden = container.may_hide(crate::container::Key::CapDrop);
    if hidden || container.drops_all().is_some() || container.cap_drop.iter().any(|w| w.value.has_hole()) {
        return Vec::new();
    }
    // a Compose file is docker's unless told otherwise, and may be started with podman all the same
    let compose = container.syntax == Syntax::Compose;
    if compose && container.user.is_some() {
        return Vec::new();
    }
    let judged_by = if compose { Engine::Unknown } else { Engine::Docker };
    let dropped = capability_names(&container.cap_drop);
    // where every capability is to be dropped, the list says what is to be kept
    let listed = cap_drop::undropped(scene).is_some_and(|u| u.offers_a_drop());
    let mut findings = Vec::new();
    for added in container.cap_add.iter().filter(|w| w.certain) {
        let Some(capability) = added.value.known().and_then(|name| capabilities::find(&name)) else {
            continue;
        };
        let name = capability.name.as_str();
        if !capability.is_default(judged_by) || dropped.iter().any(|d| d == name) {
            continue;
        }
        let message = format!(
            "{} has {name} without this: docker gives it to every container",
            who(container)
        );
        let mut finding = Finding::new(
            "redundant-capability",
            message,
            Label::new(&added.place, "changes nothing"),
        );
        let drop_all = match container.syntax {
            Syntax::Compose => "`cap_drop: [ALL]`",
            Syntax::Quadlet => "`DropCapability=all`",
            _ => "`--cap-drop=all`",
        };
        finding
            .helps
            .push(format!("to have only this one, drop all of them as well: {drop_all}"));
        if !listed {
            finding.fixes.push(Fix {
                title: format!("leave {name} to the engine"),
                safety: Safety::Safe,
                changes: vec![Change::Remove(added.place.clone())],
            });
        }
        findings.push(finding);
    }
    findings
}
