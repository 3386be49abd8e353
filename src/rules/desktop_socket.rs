//! `desktop-socket`: the sockets of somebody's graphical session.

use crate::container::Written;
use crate::fix::{Finding, Label};
use crate::knowledge::sockets::{self, Purpose, Socket};

use super::Scene;
use super::allowed::is_allowed_mount;
use super::common::{is_privileged, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) {
        return Vec::new();
    }
    let mounts = container.mounts.iter().filter(|w| !is_allowed_mount(scene, &w.value));
    let found: Vec<(&Written<_>, &Socket)> = mounts
        .filter_map(|w| Some((w, sockets::of_mount(&w.value)?)))
        .filter(|(_, socket)| socket.purpose == Purpose::Desktop)
        .collect();
    let Some(((first, socket), rest)) = found.split_first() else {
        return Vec::new();
    };
    let verb = if first.certain { "can" } else { "may" };
    let message = format!("{} {verb} {}", who(container), socket.lets);
    let label = Label::new(&first.place, format!("the socket of {}", socket.what));
    let mut finding = Finding::new("desktop-socket", message, label);
    for (written, socket) in rest {
        let label = Label::new(&written.place, format!("and it can {}", socket.lets));
        finding.related.push(label);
    }
    if first.value.read_only {
        finding.notes.push(
            "`ro` protects nothing here: it keeps the socket from being replaced, not from being used".to_owned(),
        );
    }
    if socket.what == "the X server" {
        finding.helps.push(
            "mount the Wayland socket instead, which shows a program only its own windows; or run an X server of its \
             own for it: Xephyr, Xvfb, xpra"
                .to_owned(),
        );
    } else {
        finding
            .helps
            .push("mount only the sockets that it uses, and only while it is in use".to_owned());
    }
    vec![finding]
}
