//! `writable-cgroups`: the container may change its own limits.

use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{Refusals, is_privileged, security_option_of, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let on = ["1", "t", "T", "true", "TRUE", "True"];
    let Some(option) = security_option_of(container, "writable-cgroups", &on) else {
        return Vec::new();
    };
    if is_privileged(container) || Refusals::of(container).are_at(&option.place) {
        return Vec::new();
    }
    let message = format!(
        "{} can change the limits of memory and processor that were set for it",
        who(container)
    );
    let mut finding = Finding::new(
        "writable-cgroups",
        message,
        Label::new(&option.place, "/sys/fs/cgroup, writable"),
    );
    finding
        .helps
        .push("systemd in a container needs it; podman runs that without (`--systemd=always`)".to_owned());
    finding.fixes.push(Fix {
        title: "leave the control groups read-only".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(option.place.clone())],
    });
    vec![finding]
}
