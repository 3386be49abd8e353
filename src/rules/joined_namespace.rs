//! `joined-namespace`: the processes or the memory of another container are this one's.

use crate::container::Namespace;
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if !container.syntax.is_launch() {
        return Vec::new();
    }
    let kinds = [
        (
            Namespace::Pid,
            "sees the processes of",
            "and as root can kill them and read their files",
        ),
        (
            Namespace::Ipc,
            "can read and write the shared memory of",
            "and takes its SELinux label",
        ),
    ];
    let mut findings = Vec::new();
    for (namespace, can, more) in kinds {
        let Some(mode) = container.namespace(namespace) else {
            continue;
        };
        let text = mode.value.shown();
        let joined = ["container:", "service:"]
            .iter()
            .find_map(|kind| text.strip_prefix(kind));
        let Some(other) = joined.filter(|other| !other.is_empty()) else {
            continue;
        };
        let message = format!("{} {can} `{}`, {more}", who(container), shortened(other));
        findings.push(Finding::new(
            "joined-namespace",
            message,
            Label::new(&mode.place, "joined here"),
        ));
    }
    findings
}
