//! `apparmor-unconfined`: no AppArmor profile.

use crate::container::{Container, Text, Tri};
use crate::fix::{Change, Finding, Fix, Label, Refusal, Safety};

use super::Scene;
use super::common::{capability_names, host_note, security_option, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // a privileged container has no profile either way, as `privileged` says
    if container.privileged() == Tri::Yes {
        return Vec::new();
    }
    let Some(option) = security_option(container, "apparmor", "unconfined") else {
        return Vec::new();
    };
    let message = format!(
        "AppArmor does not keep {} from mounting, tracing, or writing to /proc and /sys",
        who(container)
    );
    let mut finding = Finding::new("apparmor-unconfined", message, Label::new(&option.place, "no profile"));
    finding
        .notes
        .push("only hosts with AppArmor are concerned: Debian, Ubuntu, SUSE".to_owned());
    finding.notes.extend(host_note(container));
    finding.helps.push(
        "if it has to mount, write a profile that allows that, load it on the host, and name it: `apparmor=NAME`"
            .to_owned(),
    );
    if mounts_by_fuse(container) {
        finding.refused = Some(Refusal(
            "it mounts by FUSE, and the engine's profile denies every mount (moby profiles/apparmor)".to_owned(),
        ));
        return vec![finding];
    }
    finding.fixes.push(Fix {
        title: "use the engine's profile".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(option.place.clone())],
    });
    vec![finding]
}

/// True for a container that is given what a FUSE mount takes: SYS_ADMIN and the device.
fn mounts_by_fuse(container: &Container) -> bool {
    let fuse = |text: &Text| text.known_prefix().split(':').next() == Some("/dev/fuse");
    let device = container.devices.iter().any(|w| fuse(&w.value))
        || container
            .mounts
            .iter()
            .any(|w| w.value.source.as_ref().is_some_and(fuse));
    let added = capability_names(&container.cap_add);
    device && (container.adds_all().is_some() || added.iter().any(|name| name == "SYS_ADMIN"))
}
