//! `widened-socket-permissions`: a command lets every account use the engine's socket.

use crate::container::{Container, Key, Mount};
use crate::fix::{Finding, Label};
use crate::knowledge::paths::{self, HostPath};
use crate::knowledge::programs;

use super::Scene;
use super::common::shortened;
use super::host_namespace_entry::words;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let own = match container.syntax.is_launch() {
        true => !may_bring_socket(container),
        false => container.around.without_socket,
    };
    if own {
        // the socket of an engine that runs in the container itself
        return Vec::new();
    }
    let commands = programs::run_by(&words(container));
    let Some(socket) = commands.iter().find_map(|command| opened(command)) else {
        return Vec::new();
    };
    let mut finding = Finding::new(
        "widened-socket-permissions",
        format!(
            "every account on the host can become root: this lets all of them use `{}`",
            shortened(socket)
        ),
        Label::new(&container.place(), "changes the permissions of the host's own socket"),
    );
    finding
        .notes
        .push("the socket is the host's, not a copy: its permissions change for the host as well".to_owned());
    finding.helps.push(
        "give the container's process the group that owns the socket: `--group-add \"$(stat -c %g /var/run/docker.sock)\"`, \
         `group_add: [\"998\"]`"
            .to_owned(),
    );
    vec![finding]
}

/// True where something of what a container mounts may hold the socket of the host's engine.
pub(crate) fn may_bring_socket(container: &Container) -> bool {
    let far = |mount: &Mount| {
        let class = paths::of_mount(mount).filter(|_| mount.is_bind());
        let near = class.is_none_or(|class| {
            matches!(
                class,
                HostPath::Project
                    | HostPath::ProjectItself
                    | HostPath::CallersFolder
                    | HostPath::BelowHome
                    | HostPath::Temporary
                    | HostPath::Mounted
                    | HostPath::Elsewhere
            )
        });
        !near || paths::engine_socket(mount).is_some()
    };
    container.may_hide(Key::Mount)
        || !container.volumes_from.is_empty()
        || container.mounts.iter().any(|w| far(&w.value))
}

/// The engine's socket that a command opens to everybody.
fn opened(command: &[String]) -> Option<&String> {
    let (program, rest) = command.split_first()?;
    let mut words = rest.iter().filter(|w| !w.starts_with('-'));
    let mode = words.next().filter(|_| program == "chmod")?;
    let numbers = u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o002 != 0);
    let letters = mode.split(',').any(|clause| {
        let (who, what) = clause.split_once(['+', '=']).unwrap_or((clause, ""));
        who.contains(['a', 'o']) && what.contains('w')
    });
    let engine = |path: &&String| {
        ["docker.sock", "podman.sock", "containerd.sock", "crio.sock"]
            .iter()
            .any(|name| path.ends_with(name))
    };
    words.find(engine).filter(|_| numbers || letters)
}
