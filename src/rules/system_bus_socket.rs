//! `system-bus-socket`: the socket of a host service that acts as root.

use crate::fix::{Finding, Label};
use crate::knowledge::sockets::{self, Purpose};

use super::Scene;
use super::common::{host_note, is_host_root, is_privileged, who};
use super::labels::source_of;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // these services ask who connects: an ordinary user of the host has to log in
    if is_privileged(container) || !is_host_root(container) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for written in &container.mounts {
        let mount = &written.value;
        let Some(socket) = sockets::of_mount(mount).filter(|socket| socket.purpose == Purpose::Root) else {
            continue;
        };
        let verb = if written.certain { "can" } else { "may" };
        let message = format!(
            "{} {verb} {}, through `{}`",
            who(container),
            socket.lets,
            source_of(mount)
        );
        let label = Label::new(&written.place, format!("the socket of {}", socket.what));
        let mut finding = Finding::new("system-bus-socket", message, label);
        finding.notes.extend(host_note(container));
        if mount.read_only {
            finding.notes.push(
                "`ro` protects nothing here: it keeps the socket from being replaced, not from being used".to_owned(),
            );
        }
        finding.helps.push(match socket.what.as_str() {
            "the system bus" => {
                "put `xdg-dbus-proxy` in between, which lets only the named services through; or run the \
                                 container as an ordinary user, whom the bus asks for permission"
                    .to_owned()
            }
            _ => "leave it to a program on the host, or run the container as an ordinary user".to_owned(),
        });
        findings.push(finding);
    }
    findings
}
