//! `implicit-label-loss`: a host namespace switches SELinux off, and nothing in the text says so.

use crate::container::{Key, Namespace};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{has_security_option, is_privileged, selinux_note, who};
use super::namespaces::of_host;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if !container.syntax.is_launch()
        || is_privileged(container)
        || container.may_hide(Key::SecurityOpt)
        || has_security_option(container, "label")
    {
        return Vec::new();
    }
    let shared = [(Namespace::Pid, "processes"), (Namespace::Ipc, "shared memory")];
    let found = shared
        .iter()
        .find_map(|(ns, what)| of_host(container, *ns).map(|mode| (mode, *what)));
    let Some((mode, what)) = found else {
        return Vec::new();
    };
    let message = format!(
        "SELinux does not confine {}, because it shares the host's {what}",
        who(container)
    );
    let mut finding = Finding::new(
        "implicit-label-loss",
        message,
        Label::new(&mode.place, "implies `label=disable`"),
    );
    finding.notes.push("docker and podman add `label=disable` by themselves here, unless a label option is given (moby daemon/create.go, podman security_linux.go)".to_owned());
    finding.notes.push(selinux_note(scene));
    finding
        .helps
        .push("to stay confined, give the option yourself: `label=type:container_t`".to_owned());
    vec![finding]
}
