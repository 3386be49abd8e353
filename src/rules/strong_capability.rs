//! `strong-capability`: a capability that reaches far, short of a way out.

use crate::fix::Finding;

use super::Scene;
use super::host_escape_capability::{ESCAPES, found, is_bounded};

const STRONG: &[&str] = &[
    "AUDIT_CONTROL",
    "BPF",
    "CHECKPOINT_RESTORE",
    "DAC_READ_SEARCH",
    "IPC_OWNER",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "PERFMON",
    "SYSLOG",
    "SYS_BOOT",
    "SYS_PTRACE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let mut findings = found(scene, "strong-capability", STRONG);
    if is_bounded(scene) {
        findings.extend(found(scene, "strong-capability", ESCAPES));
    }
    findings
}
