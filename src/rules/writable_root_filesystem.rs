//! `writable-root-filesystem`: the container may change its own programs.

use crate::container::Key;
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_fragment, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let said_off = container.read_only.iter().any(|w| w.value.known() == Some(false));
    let lacks = container.lacks(Key::ReadOnly) && !is_fragment(container);
    if !container.syntax.is_launch() || !(lacks || said_off) {
        return Vec::new();
    }
    let message = format!(
        "whoever takes over {} can change its programs and leave files behind",
        who(container)
    );
    let mut finding = Finding::new(
        "writable-root-filesystem",
        message,
        Label::new(&container.place(), "its root file system is writable"),
    );
    finding.missing = Some(Key::ReadOnly);
    finding.helps.push(
        "`read_only: true`, `--read-only`, with a tmpfs for each place that it writes to: /tmp, /run, caches"
            .to_owned(),
    );
    vec![finding]
}
