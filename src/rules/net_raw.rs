//! `net-raw`: packets of any making, onto the network of the container.

use crate::container::{Engine, Key, Tri};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_fragment, is_ordinary, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let asked = container
        .cap_add
        .iter()
        .any(|w| w.value.shown().to_ascii_uppercase().ends_with("NET_RAW"));
    let launch = container.syntax.is_launch() && !is_fragment(container) && container.privileged() == Tri::No;
    // podman's default set has it not
    // docker gives an ordinary user none of it
    let launch = launch && !is_ordinary(container);
    if !launch || container.engine != Engine::Docker || asked || container.adds_all().is_some() {
        return Vec::new();
    }
    let granted = container.granted_capabilities();
    if !granted.is_some_and(|names| names.contains("NET_RAW")) {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "net-raw",
        format!(
            "{} can impersonate other machines on its network and read their traffic",
            who(container)
        ),
        Label::new(
            &container.place(),
            "keeps NET_RAW, which docker gives to every container",
        ),
    );
    finding.missing = Some(Key::CapDrop);
    finding
        .notes
        .push("ping keeps working on a network of its own: docker allows ping sockets for everyone there".to_owned());
    finding.helps.push(
        "drop it with the others, `--cap-drop=all`, or alone: `--cap-drop=NET_RAW`, `cap_drop: [NET_RAW]`".to_owned(),
    );
    vec![finding]
}
