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
            "readonly" | "read-only" | "read_only" | "RO" | "Ro" | "r" => "the container may write to it",
            "U" => "the files keep their owner",
            "O" => "the container writes to the directory itself, and not to a layer over it",
            "noexec" | "nosuid" | "nodev" => "programs and devices in it stay usable",
            _ => "the mount is as it is without",
        };
        let mut finding = Finding::new(
            "ignored-mount-option",
            format!(
                "Compose ignores `{}` on a mount of {}, so {does}",
                ignored.join("`, `"),
                who(container)
            ),
            Label::new(&written.place, "an option that Compose silently ignores"),
        );
        finding
            .notes
            .push("Compose knows `ro`, `rw`, `z`, `Z`, `nocopy` and the words of propagation here".to_owned());
        if let Some(meant) = meant(first) {
            finding.helps.push(format!("write `{meant}`"));
        }
        findings.push(finding);
    }
    findings
}

/// The option that was meant, where there is but one.
fn meant(option: &str) -> Option<&'static str> {
    Some(match option {
        "readonly" | "read-only" | "read_only" | "RO" | "Ro" | "r" => "ro",
        "RW" | "readwrite" | "read-write" => "rw",
        "selinux" | "relabel=shared" => "z",
        "relabel=private" => "Z",
        _ => return None,
    })
}
