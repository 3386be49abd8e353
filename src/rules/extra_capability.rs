//! `extra-capability`: a capability beyond the default ones, without much reach.

use crate::fix::Finding;

use super::Scene;
use super::host_escape_capability::found;

const EXTRA: &[&str] = &[
    "AUDIT_READ",
    "BLOCK_SUSPEND",
    "IPC_LOCK",
    "LEASE",
    "NET_BROADCAST",
    "SYS_NICE",
    "SYS_PACCT",
    "WAKE_ALARM",
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    found(scene, "extra-capability", EXTRA)
}
