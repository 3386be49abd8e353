//! `writable-kernel-path`: the host's `/proc` or `/sys`, writable.

use crate::container::{Container, Mount};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::paths;

use super::Scene;
use super::common::{has_security_option, host_note, is_host_root, is_privileged, who};
use super::labels::source_of;

/// What a program is named by that the kernel runs.
const CORE: &str = "`/proc/sys/kernel/core_pattern` takes no capability, and the kernel runs the program named there as \
                    root on the host";

/// Trees of files by which root rules the host without a capability, and what leads there. `true` where
/// everything below does as well.
const TREES: &[(&str, bool, &str)] = &[
    ("/proc", false, CORE),
    ("/proc/sys", false, CORE),
    ("/proc/sys/kernel", true, CORE),
    (
        "/proc/sysrq-trigger",
        true,
        "`/proc/sysrq-trigger` takes no capability, and restarts the host",
    ),
    (
        "/sys",
        false,
        "`/sys/kernel/uevent_helper` takes no capability, and the kernel runs the program named there as root on the host",
    ),
    (
        "/sys/kernel",
        true,
        "`/sys/kernel` takes no capability, and switches the host's kernel",
    ),
    (
        "/sys/fs",
        false,
        "`/sys/fs/cgroup` takes no capability, and limits, freezes or ends every process of the host",
    ),
    (
        "/sys/fs/cgroup",
        true,
        "`/sys/fs/cgroup` takes no capability, and limits, freezes or ends every process of the host",
    ),
    (
        "/sys/fs/bpf",
        true,
        "`/sys/fs/bpf` takes no capability, and other services of the host find their programs there",
    ),
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) || !is_host_root(container) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for written in &container.mounts {
        let Some((tree, why)) = kernel(container, &written.value) else {
            continue;
        };
        let verb = if written.certain { "can" } else { "may" };
        let deed = match tree {
            "/sys/fs" | "/sys/fs/cgroup" | "/sys/fs/bpf" => "interfere with every process of the host",
            "/proc/sysrq-trigger" => "restart the host",
            "/sys/kernel" => "change the host's kernel while it runs",
            _ => "become root on the host",
        };
        let source = source_of(&written.value);
        let message = format!(
            "{} {verb} {deed}: it may write to the host's `{source}`",
            who(container)
        );
        let mut finding = Finding::new("writable-kernel-path", message, Label::new(&written.place, "writable"));
        finding.notes.push(format!("writing to {why}"));
        finding.notes.extend(host_note(container));
        finding.fixes.push(Fix {
            title: "mount it read-only".to_owned(),
            safety: Safety::Unsafe,
            changes: vec![Change::ReadOnly(written.place.clone())],
        });
        findings.push(finding);
    }
    findings
}

/// What the kernel is told by a mount that may be written to.
fn kernel(container: &Container, mount: &Mount) -> Option<(&'static str, &'static str)> {
    let path = mount
        .path()
        .filter(|_| mount.is_bind() && !mount.read_only && !mount.overlay)?;
    // over its own `/proc` the engine mounts its read-only places once more
    let unmasked = has_security_option(container, "systempaths") || has_security_option(container, "unmask");
    let own = mount.target.as_ref().is_some_and(|target| target.is("/proc"));
    if paths::is_below(path, "/proc") && own && !unmasked {
        return None;
    }
    let exact = |tree: &str| path.known().is_some_and(|p| p.trim_end_matches('/') == tree);
    let fits = |tree: &str, below: bool| {
        if below {
            paths::is_below(path, tree)
        } else {
            exact(tree)
        }
    };
    let found = TREES.iter().find(|(tree, below, _)| fits(tree, *below));
    found.map(|(tree, _, why)| (*tree, *why))
}
