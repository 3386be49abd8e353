//! `shared-propagation`: what the container mounts appears on the host.

use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_privileged, shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mounts = container.mounts.iter().filter(|w| w.value.is_bind());
    let shared = mounts.filter(|w| matches!(w.value.propagation.as_deref(), Some("shared" | "rshared")));
    shared
        .map(|written| {
            let source = shortened(&written.value.source.as_ref().map(|s| s.shown()).unwrap_or_default());
            let message = format!(
                "what {} mounts below `{source}` appears on the host as well",
                who(container)
            );
            let mut finding = Finding::new(
                "shared-propagation",
                message,
                Label::new(&written.place, "shared in both directions"),
            );
            if !is_privileged(container) {
                finding
                    .notes
                    .push("mounting takes SYS_ADMIN, so without that this does nothing".to_owned());
            }
            finding
                .helps
                .push("if it only needs to see what the host mounts later, `rslave` is enough; if the host needs to see what it mounts, let the host mount it".to_owned());
            finding
        })
        .collect()
}
