//! `unconfined-selinux-type`: an SELinux type that confines nothing.

use crate::fix::{Change, Finding, Fix, Label, Refusal, Safety};

use super::Scene;
use super::common::{is_privileged, security_option, selinux_note, who};
use super::label_disabled::wants_it;
use super::labels::{Unlabelled, kept_away, source_of, unlabelled};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let why = container.selinux().why.unwrap_or_default();
    let Some(kind) = why.strip_prefix("label=type:") else {
        return Vec::new();
    };
    // what lets a program connect to such a socket is judged as `label=disable` is
    if kind == "container_runtime_t" && !is_privileged(container) && wants_it(container) {
        return Vec::new();
    }
    let Some(option) = security_option(container, "label", &format!("type:{kind}")) else {
        return Vec::new();
    };
    let message = format!("SELinux does not confine {}: {kind} may do anything", who(container));
    let mut finding = Finding::new(
        "unconfined-selinux-type",
        message,
        Label::new(&option.place, "as good as `label=disable`"),
    );
    finding.notes.push(selinux_note(scene));
    if is_privileged(container) {
        finding.refused = Some(Refusal(
            "it is privileged, and not confined without the type either".to_owned(),
        ));
        return vec![finding];
    }
    let hidden = unlabelled(scene);
    for mount in &hidden {
        finding.related.push(Label::new(
            &mount.mount.place,
            "a label would let the container use this",
        ));
    }
    if let Some(path) = kept_away(container).first().map(|w| source_of(&w.value)) {
        finding.refused = Some(Refusal(format!(
            "SELinux would then deny it access to `{path}`, which must not be labelled for a container"
        )));
        return vec![finding];
    }
    if let Some(why) = hidden.iter().find_map(Unlabelled::obstacle) {
        finding.refused = Some(Refusal(why));
        return vec![finding];
    }
    let mut changes = vec![Change::Remove(option.place.clone())];
    changes.extend(hidden.iter().filter_map(|m| m.change()).map(|(change, _)| change));
    finding.fixes.push(Fix {
        title: "let SELinux confine it".to_owned(),
        safety: Safety::Unsafe,
        changes,
    });
    vec![finding]
}
