//! `relabel-socket-or-device`: a label request on a socket or a device node.

use crate::container::Key;
use crate::fix::{Finding, Label};
use crate::knowledge::paths::HostPath;

use super::Scene;
use super::common::{selinux_note, spelled, who};
use super::relabel::{asked, letter, without};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for asked in asked(scene) {
        let source = &asked.source;
        let (message, label, help) = match asked.path {
            HostPath::Socket => (
                format!(
                    "{} still cannot connect to the socket `{source}`, which is relabelled for every container",
                    who(container)
                ),
                "SELinux also checks the process that listens",
                format!(
                    "to let this container connect, turn SELinux off for it with {}; every program in it that may write to the socket can then use it",
                    spelled(container, Key::SecurityOpt, "label=disable")
                ),
            ),
            HostPath::Device => (
                format!(
                    "{} relabels the device `{source}`, which every container may then open",
                    who(container)
                ),
                "a device node with a label for containers",
                match source.trim_end_matches('/') {
                    "/dev/shm" => "its own /dev/shm can be made larger: `--shm-size 1g`, `shm_size: 1g`".to_owned(),
                    _ => format!("pass it with {}", spelled(container, Key::Device, source)),
                },
            ),
            _ => continue,
        };
        let mut finding = Finding::new(
            "relabel-socket-or-device",
            message,
            Label::new(&asked.mount.place, label),
        );
        finding.notes.push(format!(
            "`{}` relabels the node itself, for every program of the host",
            letter(&asked.mount.value)
        ));
        finding.notes.push(selinux_note(scene));
        finding.helps.push(help);
        finding.fixes.push(without(asked.mount, None));
        findings.push(finding);
    }
    findings
}
