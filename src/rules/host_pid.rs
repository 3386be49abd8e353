//! `host-pid`: the host's processes are the container's.

use crate::container::Namespace;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{acts_for, host_note, who};
use super::labels::labels_for_confinement;
use super::namespaces::{is_certain, of_host, selinux_goes};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(mode) = of_host(container, Namespace::Pid) else {
        return Vec::new();
    };
    let verb = if is_certain(container, mode) { "sees" } else { "may see" };
    let kills = match acts_for(container) {
        None => "as root can kill it".to_owned(),
        Some(user) => format!("can kill those of {user}"),
    };
    let message = format!(
        "{} {verb} every process of the host with its arguments, and {kills}",
        who(container)
    );
    let mut finding = Finding::new(
        "host-pid",
        message,
        Label::new(&mode.place, "the processes of the host"),
    );
    finding.notes.extend(host_note(container));
    finding.notes.extend(selinux_goes(scene));
    if acts_for(container).is_none() {
        finding
            .notes
            .push("with SYS_PTRACE beside it, it also reads their memory and passwords".to_owned());
    }
    finding
        .helps
        .push("to watch one container, join that one: `--pid container:NAME`, `pid: service:NAME`".to_owned());
    match labels_for_confinement(scene) {
        Ok(labels) => finding.fixes.push(Fix {
            title: "give it a PID namespace of its own".to_owned(),
            safety: Safety::Unsafe,
            changes: [vec![Change::Remove(mode.place.clone())], labels].concat(),
        }),
        Err(why) => finding.refused = Some(why),
    }
    vec![finding]
}
