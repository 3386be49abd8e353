//! `capability-conflict`: the same capability is added and dropped.

use crate::container::{Engine, Text, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{capability_name, is_privileged, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) {
        return Vec::new();
    }
    let name = |w: &Written<Text>| w.value.known().map(|v| capability_name(&v));
    let mut findings = Vec::new();
    for added in container.cap_add.iter().filter(|w| w.certain) {
        let Some(added_name) = name(added) else { continue };
        let mut dropped = container.cap_drop.iter().filter(|w| w.certain);
        let Some(dropped) = dropped.find(|d| name(d).as_ref() == Some(&added_name)) else {
            continue;
        };
        let what = if added_name == "ALL" {
            "every capability"
        } else {
            &added_name
        };
        let message = match container.engine {
            Engine::Podman => format!(
                "{} does not start: podman refuses to add and drop {what} at once",
                who(container)
            ),
            Engine::Unknown => format!(
                "{} has {what} with docker, and does not start with podman",
                who(container)
            ),
            _ => format!(
                "{} has {what} although it is dropped: the added one wins",
                who(container)
            ),
        };
        let mut finding = Finding::new("capability-conflict", message, Label::new(&added.place, "added here"));
        finding.related.push(Label::new(&dropped.place, "and dropped here"));
        finding.notes.push("the order of the two does not matter".to_owned());
        finding.fixes.push(Fix {
            title: format!("leave {what} dropped"),
            safety: Safety::Unsafe,
            changes: vec![Change::Remove(added.place.clone())],
        });
        findings.push(finding);
    }
    findings
}
