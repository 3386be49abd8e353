//! `host-cgroup-namespace`: the host's control groups are the container's.

use crate::container::Namespace;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{host_note, is_privileged, who};
use super::namespaces::of_host;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(mode) = of_host(container, Namespace::Cgroup).filter(|_| !is_privileged(container)) else {
        return Vec::new();
    };
    let message = format!(
        "{} sees the control groups of every service and container of the host",
        who(container)
    );
    let mut finding = Finding::new(
        "host-cgroup-namespace",
        message,
        Label::new(&mode.place, "the control groups of the host"),
    );
    finding.notes.extend(host_note(container));
    finding
        .notes
        .push("with /sys/fs/cgroup writable it can also change their limits, or freeze them".to_owned());
    finding.fixes.push(Fix {
        title: "give it control groups of its own".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(mode.place.clone())],
    });
    vec![finding]
}
