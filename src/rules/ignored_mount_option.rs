//! `ignored-mount-option`: an option of a mount that does nothing, because it is passed over.

use crate::container::Engine;
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::who;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    // podman-compose hands every option on to podman, which knows them
    if container.engine == Engine::Podman {
        return findings;
    }
    for written in &container.mounts {
        let ignored: Vec<String> = written.value.passed_over.iter().map(|o| o.shown()).collect();
        let Some(first) = ignored.first() else { continue };
        let does = match first.as_str() {
            "U" => "the files keep their owner",
            "O" => "the container writes to the directory itself, and not to a layer over it",
            "noexec" | "nosuid" | "nodev" => "programs and devices in it stay usable",
            _ => "the mount is made as if it were not there",
        };
        let mut finding = Finding::new(
            "ignored-mount-option",
            format!(
                "{} is mounted without `{}`: {does}",
                who(container),
                ignored.join("`, `")
            ),
            Label::new(&written.place, "an option that is passed over without a word"),
        );
        finding
            .notes
            .push("Compose knows `ro`, `rw`, `z`, `Z`, `nocopy` and the words of propagation here".to_owned());
        findings.push(finding);
    }
    findings
}
