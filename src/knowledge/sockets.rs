//! Sockets of the host's services, by which a container gets more than it was given: the table
//! `rules/knowledge/sockets.yaml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::glob;
use super::paths;
use super::route::{Root, route};
use crate::container::{Hole, Mount, PieceKind, Text};

/// What a socket leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Root on the host.
    Root,
    /// Somebody's graphical session.
    Desktop,
}

/// The socket of a service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Socket {
    /// Whose it is, as a sentence names it: `the X server`.
    pub what: String,
    /// What it leads to.
    pub purpose: Purpose,
    /// What whoever connects can do, as a sentence goes on after "can".
    pub lets: String,
    /// The sockets, and the directories that hold them.
    paths: Vec<String>,
    /// Where it can be read.
    #[allow(dead_code)]
    sources: Vec<String>,
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Socket>> =
    LazyLock::new(|| serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/sockets.json"))).unwrap_or_default());

/// The socket that a bind mount gives a container, itself or with the directory that holds it. Engines'
/// sockets are those of [`paths::engine_socket`].
pub fn of_mount(mount: &Mount) -> Option<&'static Socket> {
    let source = mount.path().filter(|_| mount.is_bind())?;
    if paths::engine_socket(mount).is_some() {
        return None;
    }
    if is_wayland_variable(source) {
        return TABLE.iter().find(|socket| socket.what == "the Wayland compositor");
    }
    let route = route(source);
    let is_path = route.root == Root::Slash;
    TABLE
        .iter()
        .find(|socket| is_path && socket.paths.iter().any(|path| fits(path, &route.names)))
}

/// `$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY`
fn is_wayland_variable(source: &Text) -> bool {
    let last = source.pieces().last().map(|piece| &piece.kind);
    matches!(last, Some(PieceKind::Hole(Hole::Variable(name))) if name == "WAYLAND_DISPLAY")
}

/// True where the names of a path are those of the pattern.
fn fits(pattern: &str, names: &[String]) -> bool {
    let wanted: Vec<&str> = pattern.split('/').filter(|name| !name.is_empty()).collect();
    wanted.len() == names.len()
        && wanted
            .iter()
            .zip(names)
            .all(|(pattern, name)| glob::fits(pattern, name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::container::MountKind;
    use crate::source::Span;

    #[test]
    fn the_table_is_read_and_names_its_sources() {
        let read: Result<Vec<Socket>, _> = serde_yaml::from_str(include_str!("../../rules/knowledge/sockets.yaml"));
        let sockets = read.unwrap();
        assert!(sockets.len() > 6 && sockets.iter().all(|s| !s.sources.is_empty() && !s.paths.is_empty()));
    }

    #[test]
    fn a_socket_is_known_by_its_path() {
        let what = |source: Text| {
            let mut mount = Mount::new(MountKind::Bind, Text::new());
            mount.source = Some(source);
            of_mount(&mount).map(|socket| socket.what.as_str())
        };
        let known = |path: &str| what(Text::cooked(path, Span::default()));
        assert_eq!(known("/var/run/dbus"), Some("the system bus"));
        assert_eq!(known("/run/dbus/system_bus_socket"), Some("the system bus"));
        assert_eq!(known("/tmp/.X11-unix/X0"), Some("the X server"));
        assert_eq!(known("/run/user/1000/wayland-1"), Some("the Wayland compositor"));
        assert_eq!(known("/run/libvirt/libvirt-sock-ro"), None);
        assert_eq!(known("/run"), None, "the engine's socket is in it");
        assert_eq!(known("./run/dbus"), None);
        let runtime = |rest: &str| {
            let mut text = Text::hole(
                "$XDG_RUNTIME_DIR",
                Span::default(),
                Hole::Variable("XDG_RUNTIME_DIR".into()),
            );
            text.append(Text::cooked(rest, Span::default()));
            text
        };
        assert_eq!(what(runtime("/pulse/native")), Some("PulseAudio"));
        let mut display = runtime("/");
        display.append(Text::hole(
            "$WAYLAND_DISPLAY",
            Span::default(),
            Hole::Variable("WAYLAND_DISPLAY".into()),
        ));
        assert_eq!(what(display), Some("the Wayland compositor"));
    }
}
