//! `host-path-chown`: podman is asked to change the owner of the host's files.

use crate::fix::{Finding, Label};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::{shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for written in container.mounts.iter().filter(|w| w.value.is_bind() && w.value.chown) {
        let Some(source) = &written.value.source else { continue };
        let whose = match paths::classify(written.value.path().unwrap_or(source)) {
            HostPath::System(why) => why,
            HostPath::Refused => "parts of the operating system",
            HostPath::Home | HostPath::HomeShared => "the files of the user",
            HostPath::HomeSecret => "keys and credentials of the user",
            HostPath::ProjectItself | HostPath::CallersFolder => "the whole checkout",
            HostPath::Socket | HostPath::Device => "something that other programs use",
            _ => continue,
        };
        let message = format!(
            "podman gives every file below `{}` to the user of {}: {whose}",
            shortened(&source.shown()),
            who(container)
        );
        let mut finding = Finding::new(
            "host-path-chown",
            message,
            Label::new(&written.place, "`U` changes owners, and nothing changes them back"),
        );
        finding.helps.push(
            "leave out `U` and map the user: `--userns=keep-id`; or mount a directory of this container alone"
                .to_owned(),
        );
        findings.push(finding);
    }
    findings
}
