//! `refused-value`: a value with which nothing starts.

use crate::container::{Refused, Refuser, Syntax, Written};
use crate::fix::{Finding, Label};

use super::common::{engine, who};
use super::misplaced_relabel_suffix::misplaced;
use super::relabel::asks_for_both;
use super::{Scene, closest};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for refused in container.refused() {
        let selinux = refused.value.by == Refuser::Labelling;
        let mount = container.mount_at(&refused.place);
        // these have a rule of their own
        let told = mount.is_some_and(|m| asks_for_both(&m.value) || misplaced(&m.value).is_some());
        if told || (selinux && !scene.selinux.on) {
            continue;
        }
        findings.push(finding(scene, &refused, selinux));
    }
    findings
}

fn finding(scene: &Scene, refused: &Written<Refused>, selinux: bool) -> Finding {
    let container = scene.container;
    let Refused { why, by, since, .. } = &refused.value;
    let message = format!(
        "{} {}{}: {why}",
        who(container),
        if refused.certain {
            "does not start"
        } else {
            "may not start"
        },
        if selinux { " on an SELinux host" } else { "" },
    );
    let mut label = Label::new(&refused.place, "");
    if let Some(part) = refused.value.span.filter(|part| refused.place.value.contains(*part)) {
        label.span = part;
    }
    let mut finding = Finding::new("refused-value", message, label);
    let compose = container.syntax == Syntax::Compose;
    match by {
        Refuser::Client if compose => finding
            .notes
            .push("Compose itself says so, before it asks the engine".to_owned()),
        Refuser::Engine if compose => finding
            .notes
            .push("Compose passes it on, and the engine refuses to create or to start the container".to_owned()),
        Refuser::Engine if engine(container) == "docker" => finding.notes.push(
            "docker's client passes it on, and the daemon refuses to create or to start the container".to_owned(),
        ),
        _ => {}
    }
    if let Some(since) = since {
        finding.notes.push(format!("versions before {since} accept it"));
    }
    if let Some((given, words)) = &refused.value.words
        && let Some(near) = closest(given, words.iter().copied())
        && !near.ends_with(':')
        && near != given
    {
        finding.helps.push(format!("did you mean `{near}`?"));
    }
    finding.helps.extend(refused.value.instead.clone());
    finding
}
