//! `host-root-mount`: the whole host is mounted.

use std::cell::LazyCell;

use crate::container::Mount;
use crate::fix::{Finding, Label};
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{acts_for, host_note, who};

/// Images that look at the host and are known to want it, read-only.
const LOOKS_ON: &[&str] = &["node-exporter", "cadvisor"];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mounts = container.mounts.iter().filter(|w| is_root(&w.value));
    let looks_on = LazyCell::new(|| needs(container).is_some_and(|n| LOOKS_ON.contains(&n.entry.name.as_str())));
    let acts_for = LazyCell::new(|| acts_for(container));
    let mut findings = Vec::new();
    for mount in mounts {
        if mount.value.read_only && *looks_on {
            continue;
        }
        let who = who(container);
        let message = match (mount.value.read_only, *acts_for) {
            (true, None) => format!("{who} can read every file of the host, passwords and keys included"),
            (false, None) => {
                format!("{who} can become root on the host, because it can write to every file of the host")
            }
            (true, Some(user)) => format!("{who} can read every file of the host that {user} may read"),
            (false, Some(user)) => format!("{who} can write to every file of the host that {user} may write to"),
        };
        let mut finding = Finding::new("host-root-mount", message, Label::new(&mount.place, "the whole host"));
        finding.notes.extend(host_note(container));
        finding
            .helps
            .push("mount the directories that it works on, and `:ro` where it only reads".to_owned());
        findings.push(finding);
    }
    findings
}

/// True for a mount of `/`, and for podman's `--rootfs /`, which starts the container in it.
fn is_root(mount: &Mount) -> bool {
    let slashes = |text: &str| !text.is_empty() && text.chars().all(|c| c == '/');
    let path = match mount.kind.as_str() {
        "rootfs" => mount.source.as_ref(),
        _ => mount.path().filter(|_| mount.is_bind()),
    };
    path.and_then(|path| path.known()).is_some_and(|path| slashes(&path))
}
