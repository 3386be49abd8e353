//! `host-ipc`: the host's shared memory is the container's.

use crate::container::{Container, Key, Namespace, Syntax};
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
    let size = container.shm_size.as_ref();
    match size {
        Some(_) => finding.notes.push(format!(
            "the engine ignores {} here: `/dev/shm` is the host's",
            written_size(container)
        )),
        None => finding.helps.push(
            "a container's own /dev/shm is 64 MB by default: `--shm-size 1g`, `shm_size: 1g`; to share it \
             between containers: `shareable`"
                .to_owned(),
        ),
    }
    let own = size.is_none().then(|| Change::Add(Key::ShmSize, SIZE.to_owned()));
    match labels_for_confinement(scene) {
        Ok(labels) => finding.fixes.push(Fix {
            title: match own {
                Some(_) => format!("give it shared memory of its own, {SIZE} of it"),
                None => "give it shared memory of its own".to_owned(),
            },
            safety: Safety::Unsafe,
            changes: std::iter::once(Change::Remove(mode.place.clone()))
                .chain(own)
                .chain(labels)
                .collect(),
        }),
        Err(why) => finding.refused = Some(why),
    }
    vec![finding]
}

/// What it gets in place of the host's: the size that the documentation of PyTorch and of browsers asks for.
const SIZE: &str = "1g";

/// The setting of the size, as it is written.
fn written_size(container: &Container) -> &'static str {
    match container.syntax {
        Syntax::Compose => "`shm_size`",
        Syntax::Quadlet => "`ShmSize`",
        _ => "`--shm-size`",
    }
}
