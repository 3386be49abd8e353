//! `host-user-namespace`: the container opts out of the engine's user namespaces.

use crate::container::{Engine, Namespace};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_privileged, who};
use super::namespaces::of_host;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // docker with user namespaces refuses these without it; podman's own default is the same
    let needed = is_privileged(container)
        || [Namespace::Network, Namespace::Pid]
            .iter()
            .any(|ns| container.shares_with_host(*ns));
    let Some(mode) = of_host(container, Namespace::User) else {
        return Vec::new();
    };
    if needed || container.engine == Engine::Podman {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "host-user-namespace",
        format!(
            "root in {} is root on the host, even where the engine maps users",
            who(container)
        ),
        Label::new(&mode.place, "undoes `userns-remap`"),
    );
    finding
        .notes
        .push("it changes nothing where the daemon has no `userns-remap`".to_owned());
    finding
        .helps
        .push("remove it, and give the directories it mounts to the mapped user".to_owned());
    vec![finding]
}
