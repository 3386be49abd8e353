//! `dev-bind-mount`: a device node is mounted like a file.

use crate::container::{Engine, Key, Mount};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::{is_privileged, shortened, who};

/// Nodes that every container may open, and directories that hold none.
const HARMLESS: &[&str] = &[
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/shm",
    "/dev/log",
    "/dev/mqueue",
    "/dev/pts",
    "/dev/hugepages",
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // rootless podman has no device control group, and rules for one may allow what is mounted
    if is_privileged(container) || container.rootless || !container.device_cgroup_rules.is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for written in &container.mounts {
        let Some(path) = node(&written.value) else { continue };
        // runc lets every container open it (libcontainer specconv, again since 1.2.4), crun does not
        if path == "/dev/net/tun" && container.engine != Engine::Podman {
            continue;
        }
        let shown = shortened(&path);
        let whole = path == "/dev";
        let message = match whole {
            true => format!(
                "{} sees every device of the host, but can only open those it was given",
                who(container)
            ),
            false => format!(
                "{} sees `{shown}` but cannot open it: a mount provides the node, not the permission",
                who(container)
            ),
        };
        let mut finding = Finding::new(
            "dev-bind-mount",
            message,
            Label::new(&written.place, "a device, mounted as a file"),
        );
        finding.notes.push(
            "the engine allows a device in the container's control group only where it is passed as one".to_owned(),
        );
        let target = written
            .value
            .target
            .as_ref()
            .and_then(|t| t.known())
            .map(|t| t.into_owned());
        if whole {
            finding
                .helps
                .push("pass the devices that it uses: `--device /dev/ttyUSB0`".to_owned());
        } else if paths::is_folder_of_links(&path) {
            finding.helps.push(format!(
                "`{shown}` holds links: pass the device that it uses by its full name there, with `--device`"
            ));
        } else if !container
            .devices
            .iter()
            .any(|d| d.value.shown().split(':').next() == Some(&path))
        {
            let value = match target {
                Some(target) if target != path => format!("{path}:{target}"),
                _ => path.clone(),
            };
            finding.fixes.push(Fix {
                title: "pass it as a device".to_owned(),
                safety: Safety::Unsafe,
                changes: vec![Change::Remove(written.place.clone()), Change::Add(Key::Device, value)],
            });
        }
        findings.push(finding);
    }
    findings
}

/// The device node, or directory of nodes, that a mount is of.
fn node(mount: &Mount) -> Option<String> {
    let source = mount.path().filter(|_| mount.is_bind())?;
    let path = source.known()?.trim_end_matches('/').to_owned();
    let below = |above: &str| path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    let device = path == "/dev" || paths::classify(source) == HostPath::Device;
    (device && !HARMLESS.iter().any(|h| below(h))).then_some(path)
}
