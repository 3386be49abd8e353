//! `strong-capability`: a capability that reaches far, short of a way out.

use crate::fix::Finding;

use super::Scene;
use super::host_escape_capability::{found, is_bounded};

/// Each, with what it lets the container do.
const STRONG: &[(&str, &str)] = &[
    (
        "NET_ADMIN",
        "change interfaces, routes and firewall rules of its network",
    ),
    ("SYS_PTRACE", "read and change the memory of every process that it sees"),
    (
        "DAC_READ_SEARCH",
        "read every file that it sees, and files of the host by their handle",
    ),
    ("BPF", "load programs into the host's kernel that watch every process"),
    ("PERFMON", "watch what every process of the host does"),
    ("SYS_BOOT", "restart the host"),
    ("SYS_TIME", "set the host's clock"),
    ("MAC_ADMIN", "change the policy of the host's mandatory access control"),
    ("MAC_OVERRIDE", "pass over the host's mandatory access control"),
    ("CHECKPOINT_RESTORE", "read and replace the state of other processes"),
    ("SYS_RESOURCE", "pass over the limits and quotas that the host sets"),
    ("LINUX_IMMUTABLE", "change files that are marked as never to be changed"),
    ("SYS_TTY_CONFIG", "take over the host's terminals"),
    ("SYSLOG", "read the host's kernel log, addresses included"),
    ("AUDIT_CONTROL", "switch the host's auditing off"),
    ("IPC_OWNER", "read the shared memory of every process that it sees"),
];

/// Those that are a way out where nothing bounds them.
const BOUNDED: &[(&str, &str)] = &[
    (
        "SYS_ADMIN",
        "mount file systems and enter namespaces, as far as its user namespace goes",
    ),
    ("SYS_MODULE", "ask for modules, which a user namespace does not grant"),
    (
        "SYS_RAWIO",
        "talk to devices past the kernel, as far as its user namespace goes",
    ),
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let mut findings = found(scene, "strong-capability", STRONG);
    if is_bounded(scene) {
        findings.extend(found(scene, "strong-capability", BOUNDED));
    }
    findings
}
