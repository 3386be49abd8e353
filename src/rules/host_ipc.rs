//! `host-ipc`: the host's shared memory is the container's.

use crate::container::Namespace;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::who;
use super::labels::labels_for_confinement;
use super::namespaces::{is_certain, of_host, selinux_goes};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(mode) = of_host(container, Namespace::Ipc) else {
        return Vec::new();
    };
    let verb = if is_certain(container, mode) { "can" } else { "may" };
    let message = format!(
        "{} {verb} read and write the shared memory of the host's programs",
        who(container)
    );
    let mut finding = Finding::new(
        "host-ipc",
        message,
        Label::new(&mode.place, "the shared memory of the host"),
    );
    finding.notes.extend(selinux_goes(scene));
    finding.helps.push(
        "for a larger /dev/shm: `--shm-size 1g`, `shm_size: 1g`; to share it between containers: `shareable`"
            .to_owned(),
    );
    match labels_for_confinement(scene) {
        Ok(labels) => finding.fixes.push(Fix {
            title: "give it shared memory of its own".to_owned(),
            safety: Safety::Unsafe,
            changes: [vec![Change::Remove(mode.place.clone())], labels].concat(),
        }),
        Err(why) => finding.refused = Some(why),
    }
    vec![finding]
}
