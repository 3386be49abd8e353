//! What a path of the host is: whose files they are, and what a label or a mount of them means.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::route::{Root, Route, route};
use crate::container::{Engine, Hole, Mount, PieceKind, Text};

/// What a path of the host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPath {
    /// A file or directory of the project.
    Project,
    /// The project's directory itself: `.`, `$PWD`, the directory of the script.
    ProjectItself,
    /// The folder of whoever runs the script: `$PWD`, `.` in a script that goes nowhere.
    CallersFolder,
    /// Reached from the project by `..`.
    AboveProject,
    /// A home directory itself.
    Home,
    /// A directory of a home that many programs share, such as `~/.config`.
    HomeShared,
    /// Keys and credentials in a home, such as `~/.ssh`.
    HomeSecret,
    /// Anything else below a home.
    BelowHome,
    /// One of the paths that the engine refuses to relabel.
    Refused,
    /// A part of the operating system; the text says which, as in "`/usr` is …".
    System(&'static str),
    /// A socket.
    Socket,
    /// A device node, or a directory of them.
    Device,
    /// Below `/tmp` or `/var/tmp`.
    Temporary,
    /// Where other file systems are mounted, network ones too: below `/mnt`, `/media`, `/run/media`, `/net`.
    Mounted,
    /// Any other absolute path: `/srv/app`, `/opt/app`, `/data`.
    Elsewhere,
    /// A path whose beginning is not known.
    Unknown,
}

/// An engine's socket that a mount hands into a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineSocket {
    /// Whose: `docker`, `podman`, `containerd`, `CRI-O`, `BuildKit`, `systemd`.
    pub what: &'static str,
    /// True when the mount is of a directory that holds the socket.
    pub inside: bool,
    /// True for the socket of an engine that runs as an ordinary user.
    pub of_user: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    refused: Vec<String>,
    system: Vec<SystemTree>,
    homes: Homes,
    engine_sockets: Vec<NamedSocket>,
    socket_directories: Vec<SocketPath>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemTree {
    path: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Homes {
    shared: Vec<String>,
    secret: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedSocket {
    name: String,
    what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SocketPath {
    path: String,
    what: String,
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Option<Table>> =
    LazyLock::new(|| serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/paths.json"))).ok());

/// What the host path of a bind mount is, as seen from the folder of its launch.
pub fn of_mount(mount: &Mount) -> Option<HostPath> {
    let path = mount.path()?;
    let class = classify(path);
    let own = matches!(
        class,
        HostPath::AboveProject | HostPath::BelowHome | HostPath::Elsewhere | HostPath::Temporary | HostPath::Mounted
    );
    Some(match mount.in_tree && own {
        true if is_around_project(path) => HostPath::ProjectItself,
        true => HostPath::Project,
        false => class,
    })
}

/// What a path of the host is.
pub fn classify(source: &Text) -> HostPath {
    let route = route(source);
    let names: Vec<&str> = route.names.iter().map(String::as_str).collect();
    if is_socket(&route, &names) || is_named_socket(source) {
        return HostPath::Socket;
    }
    match (route.root, names.as_slice()) {
        (Root::Unknown, _) => HostPath::Unknown,
        (Root::Project, []) => match source.leading_hole() {
            Some(Hole::WorkingDirectory) => HostPath::CallersFolder,
            _ => HostPath::ProjectItself,
        },
        (Root::Project, _) => HostPath::Project,
        (Root::Above, _) => HostPath::AboveProject,
        (Root::Home, below) => in_home(below),
        (Root::Slash, ["root"]) => HostPath::Home,
        (Root::Slash, ["root", below @ ..]) => in_home(below),
        (Root::Slash, ["home" | "Users", _, below @ ..] | ["var", "home", _, below @ ..]) => in_home(below),
        (Root::Slash, _) => absolute(&names),
    }
}

fn absolute(names: &[&str]) -> HostPath {
    let path = joined(names);
    let Some(table) = TABLE.as_ref() else {
        return HostPath::Unknown;
    };
    if table.refused.contains(&path) {
        return HostPath::Refused;
    }
    match names {
        ["dev", ..] => return HostPath::Device,
        ["tmp", ..] | ["var", "tmp", ..] => return HostPath::Temporary,
        ["mnt" | "media" | "net" | "nfs", ..] | ["run", "media", ..] => return HostPath::Mounted,
        _ => {}
    }
    match table.system.iter().find(|tree| is_at_or_below(&path, &tree.path)) {
        Some(tree) => HostPath::System(&tree.why),
        None => HostPath::Elsewhere,
    }
}

fn in_home(below: &[&str]) -> HostPath {
    let path = below.join("/");
    let Some(table) = TABLE.as_ref() else {
        return HostPath::Unknown;
    };
    if below.is_empty() {
        HostPath::Home
    } else if table.homes.secret.iter().any(|secret| is_at_or_below(&path, secret)) {
        HostPath::HomeSecret
    } else if table.homes.shared.contains(&path) {
        HostPath::HomeShared
    } else {
        HostPath::BelowHome
    }
}

/// True for a home that an engine refuses to relabel: root's, and that of whoever runs the engine.
/// podman is run by the caller (under sudo the caller's own home is refused too); docker's daemon is
/// not, and takes the caller's home for any other directory (go-selinux 1.10.2 and later,
/// selinux_linux.go Chcon). A home written by its user's name may be anybody's.
pub fn is_refused_home(source: &Text, engine: Engine) -> bool {
    let route = route(source);
    match route.root {
        Root::Slash => route.names == ["root"],
        Root::Home => {
            let named = source.pieces().first().is_some_and(|piece| {
                let below = piece.text.strip_prefix('~').filter(|_| !piece.is_hole());
                below.is_some_and(|name| !name.is_empty() && !name.starts_with('/'))
            });
            engine == Engine::Podman && route.names.is_empty() && !named
        }
        _ => false,
    }
}

/// The engine's socket that a mount hands in, if it hands in one.
///
/// A source that is not known counts when the target is named as an engine's socket is.
pub fn engine_socket(mount: &Mount) -> Option<EngineSocket> {
    let source = mount.path()?;
    let table = TABLE.as_ref()?;
    let route = route(source);
    let names: Vec<&str> = route.names.iter().map(String::as_str).collect();
    let last = |names: &[&str]| {
        let name = names.last()?;
        table.engine_sockets.iter().find(|socket| socket.name == *name)
    };
    let of_user = matches!(names.as_slice(), ["run", "user", ..]) || route.root == Root::Home;
    if let Some(socket) = last(&names) {
        return Some(EngineSocket {
            what: &socket.what,
            inside: false,
            of_user,
        });
    }
    if route.root == Root::Unknown {
        let target = mount.target.as_ref()?.shown();
        let socket = last(&[target.rsplit('/').next()?])?;
        return Some(EngineSocket {
            what: &socket.what,
            inside: false,
            of_user: false,
        });
    }
    if route.root != Root::Slash {
        return None;
    }
    let holder = table
        .socket_directories
        .iter()
        .find(|place| matches_names(&place.path, &names))?;
    Some(EngineSocket {
        what: &holder.what,
        inside: names.last() != Some(&"private"),
        of_user,
    })
}

/// True for a path at or below an absolute one, as far as both are known.
pub fn is_below(source: &Text, above: &str) -> bool {
    let route = route(source);
    let names: Vec<&str> = route.names.iter().map(String::as_str).collect();
    route.root == Root::Slash && is_at_or_below(&joined(&names), above)
}

/// For each of some paths, whether another of them lies above or below it, as far as both are known.
pub fn nested(paths: &[Option<&Text>]) -> Vec<bool> {
    let mut found = vec![false; paths.len()];
    // the paths that begin alike, by their names: of beginnings that are known there are few
    type Members = BTreeMap<Vec<String>, Vec<usize>>;
    let mut kin: Vec<((Root, Option<&Hole>), Members)> = Vec::new();
    for (i, path) in paths.iter().enumerate() {
        let Some((path, route)) = path.map(|path| (path, route(path))) else {
            continue;
        };
        let beginning = (route.root, path.leading_hole());
        match kin.iter_mut().find(|(known, _)| *known == beginning) {
            _ if route.root == Root::Unknown => {}
            Some((_, members)) => members.entry(route.names).or_default().push(i),
            None => kin.push((beginning, BTreeMap::from([(route.names, vec![i])]))),
        }
    }
    for (_, members) in &kin {
        // in this order, what lies below a path comes right after it
        let mut above: Vec<(&Vec<String>, &Vec<usize>)> = Vec::new();
        for (names, of) in members {
            while above.last().is_some_and(|(last, _)| !names.starts_with(last)) {
                above.pop();
            }
            if let Some((_, over)) = above.last() {
                over.iter().chain(of).for_each(|&i| found[i] = true);
            }
            above.push((names, of));
        }
    }
    found
}

/// True for the public half of a key, and for lists of the keys of others: no secrets.
pub fn is_public_key(source: &Text) -> bool {
    let route = route(source);
    let last = route.names.last().map(String::as_str).unwrap_or("");
    last.ends_with(".pub") || last == "known_hosts"
}

/// True for a directory that the project lies in: `..`, `../..`.
pub fn is_around_project(source: &Text) -> bool {
    let route = route(source);
    route.root == Root::Above && route.names.is_empty() && !source.has_hole()
}

/// True for a folder of links to device nodes, `/dev/serial/by-id` and those that hold such folders:
/// neither engine starts a container that is given one as a device.
pub fn is_folder_of_links(path: &str) -> bool {
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    match names.as_slice() {
        ["dev", "serial" | "disk" | "v4l"] => true,
        ["dev", "serial" | "disk" | "v4l" | "input" | "snd" | "dri", by] => by.starts_with("by-"),
        _ => false,
    }
}

/// True when parts of the path beyond its known beginning are only known when it runs.
pub fn has_unknown_part(source: &Text) -> bool {
    let leading = usize::from(matches!(
        source.leading_hole(),
        Some(Hole::WorkingDirectory | Hole::ScriptDirectory | Hole::Home)
    ));
    source.pieces().iter().filter(|piece| piece.is_hole()).count() > leading
}

/// True for a path that a variable names as a socket: `$SSH_AUTH_SOCK`, `$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY`.
fn is_named_socket(source: &Text) -> bool {
    let pieces = source.pieces();
    let last = pieces.last().and_then(|piece| match &piece.kind {
        PieceKind::Hole(Hole::Variable(name)) => Some(name.as_str()),
        _ => None,
    });
    last.is_some_and(|name| {
        let whole = pieces.len() == 1 && (name.ends_with("SOCK") || name.ends_with("SOCKET"));
        whole || name == "WAYLAND_DISPLAY" || name == "PIPEWIRE_REMOTE"
    })
}

fn is_socket(route: &Route, names: &[&str]) -> bool {
    let Some(last) = names.last() else { return false };
    if last.ends_with(".sock") || last.ends_with(".socket") {
        return true;
    }
    route.root == Root::Slash
        && matches!(
            names,
            ["tmp", ".X11-unix", ..]
                | ["run", "dbus", "system_bus_socket"]
                | ["run", "systemd", "private" | "notify"]
                | ["run", _, "socket"]
                | ["run", "user", _, "bus"]
                | ["run", "user", _, "pulse", "native"]
                | ["run", "user", _, "pipewire-0"]
                | [
                    "run",
                    "user",
                    _,
                    "gnupg",
                    "S.gpg-agent" | "S.gpg-agent.ssh" | "S.gpg-agent.extra"
                ]
        )
        || (matches!(names, ["run", "user", _, _]) && last.starts_with("wayland-"))
}

fn joined(names: &[&str]) -> String {
    format!("/{}", names.join("/"))
}

/// True for the same path or one below it, by whole names.
fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || above == "/")
}

/// True when the pattern's names are those of the path; `*` stands for any one name.
fn matches_names(pattern: &str, names: &[&str]) -> bool {
    let mut wanted = pattern.split('/').filter(|name| !name.is_empty());
    let mut given = names.iter();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(a), Some(b)) if a == *b => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
