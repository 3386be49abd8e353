//! Whether a launch may take a path through an image's start-up. A path counts unless the text proves
//! that it is not taken.

use crate::container::{Container, Engine, Key, Mount, MountKind, Namespace, Text, Written};

use super::condition::Condition;
use super::image_name::{self, ImageName, Tag};
use super::images::Entry;

/// Whether a launch may take a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does, or nothing rules it out.
    Counts,
    /// It does not. What a reader may not expect of that, if anything, in lower case.
    RuledOut(Option<String>),
}

impl Condition {
    /// Whether the launch may take the path.
    pub fn verdict(&self, container: &Container, entry: &Entry, image: &ImageName) -> Verdict {
        match self {
            Condition::Always => Verdict::Counts,
            Condition::OthersFiles => others_files(container),
            Condition::LowPort => low_port(container, entry),
            Condition::Env(name, value) => counts_if(may_be_set(container, name, value.as_deref())),
            Condition::Port(port) => counts_if(may_be_reached(container, *port)),
            Condition::Device(pattern) => {
                let mut devices = container.devices.iter().map(|d| d.value.shown());
                let fits = |d: String| image_name::glob(pattern, d.split(':').next().unwrap_or(""));
                counts_if(devices.any(fits) || container.may_hide(Key::Device))
            }
            Condition::Command(word) => {
                let first = container.command.first();
                let other = first.and_then(Text::known).is_some_and(|known| known != *word);
                let none = first.is_none() && !container.may_hide(Key::Command);
                counts_if(!other && !none)
            }
            Condition::Mount(path) => counts_if(may_be_mounted(container, path)),
            Condition::Tag(pattern) => match &image.tag {
                Tag::Known(tag) => counts_if(image_name::glob(pattern, tag)),
                Tag::Latest | Tag::Unknown => Verdict::Counts,
            },
        }
    }
}

fn counts_if(may_be: bool) -> Verdict {
    if may_be {
        Verdict::Counts
    } else {
        Verdict::RuledOut(None)
    }
}

/// Whether root may meet files of somebody else. Nothing mounted, it does not: the image's own are
/// root's wherever this condition stands. In rootless podman it does not either where the calling
/// user's files are all that is mounted: the caller is root inside, and over files of an owner that
/// has no name inside no capability helps.
fn others_files(container: &Container) -> Verdict {
    if container.may_hide(Key::Mount) || !container.volumes_from.is_empty() {
        return Verdict::Counts;
    }
    // a tmpfs is made for root
    let brought = |w: &&Written<Mount>| w.value.kind != MountKind::Tmpfs;
    let mut mounts = container.mounts.iter().filter(brought).peekable();
    if mounts.peek().is_none() {
        return Verdict::RuledOut(None);
    }
    let rootless = container.engine == Engine::Podman && container.rootless;
    let callers = |w: &Written<Mount>| w.value.is_bind() && !w.value.chown;
    if rootless && container.around.given_away.is_none() && mounts.all(callers) {
        return Verdict::RuledOut(Some(
            "is not needed for the mounts: with rootless podman, root in the container is the user who runs it"
                .to_owned(),
        ));
    }
    Verdict::Counts
}

/// Whether something may be mounted at a path, above it or below.
fn may_be_mounted(container: &Container, path: &str) -> bool {
    let is_below = |one: &str, other: &str| {
        let rest = one.strip_prefix(other.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let meets = |w: &Written<Mount>| {
        let target = w.value.target.as_ref().map(|t| t.known());
        // what is not known may be there
        target
            .flatten()
            .is_none_or(|target| is_below(&target, path) || is_below(path, &target))
    };
    container.may_hide(Key::Mount) || !container.volumes_from.is_empty() || container.mounts.iter().any(meets)
}

/// Whether the variable may be set, and to the value.
fn may_be_set(container: &Container, name: &str, value: Option<&str>) -> bool {
    if container.open_environment || container.may_hide(Key::Other) {
        return true;
    }
    container.environment.iter().any(|entry| {
        let Some(text) = entry.value.known() else { return true };
        match (text.split_once('='), value) {
            (Some((key, set)), Some(value)) => key == name && set == value,
            (Some((key, _)), None) => key == name,
            // without a value it has the one of whoever runs it
            (None, _) => text == name,
        }
    })
}

/// Whether something outside may reach the port.
fn may_be_reached(container: &Container, port: u16) -> bool {
    let mode = container.namespace(Namespace::Network);
    let own = mode.is_none_or(|m| m.value.known().is_some_and(|m| m == "bridge" || m == "none"));
    let hidden = container.unseen.iter().any(|u| u.hides.is_none());
    !own || hidden || published(container).any(|p| p.is_none_or(|p| p == port))
}

/// The ports inside the container that are published; `None` for one that cannot be read.
fn published(container: &Container) -> impl Iterator<Item = Option<u16>> + '_ {
    container.ports.iter().map(|port| {
        let text = port.value.shown();
        let text = text.split('/').next().unwrap_or("");
        let inside = text.rsplit(':').next().unwrap_or("");
        inside.split('-').next().and_then(|p| p.parse().ok())
    })
}

/// Whether it may listen on a port that is not open to everybody. In a network of its own nobody
/// reaches a port that is neither the image's nor published; in one that it shares, a file of its
/// settings may name any.
fn low_port(container: &Container, entry: &Entry) -> Verdict {
    let lowest = match has_own_network(container) {
        true => lowest_port(container, entry),
        false => Some(1),
    };
    let Some(lowest) = lowest else {
        return Verdict::RuledOut(None);
    };
    match open_to_everybody(container, lowest) {
        Some(why) => Verdict::RuledOut(Some(format!("is not needed: {why}"))),
        None => Verdict::Counts,
    }
}

/// The lowest port below 1024 that the program may listen on; 1 where that cannot be known.
fn lowest_port(container: &Container, entry: &Entry) -> Option<u16> {
    let moved = entry.port_env.as_ref().and_then(|name| {
        let set = container.environment.iter().rev().map(|e| e.value.shown());
        let mut values = set.filter_map(|e| e.split_once('=').filter(|(k, _)| k == name).map(|(_, v)| v.to_owned()));
        values.next()
    });
    let own: Vec<u16> = match moved {
        Some(address) => vec![address.rsplit(':').next().and_then(|p| p.parse().ok()).unwrap_or(1)],
        // a file of variables may move it anywhere
        None if entry.port_env.is_some() && container.open_environment => vec![1],
        None => entry.ports.clone(),
    };
    let published = published(container).map(|p| p.unwrap_or(1));
    own.into_iter().chain(published).filter(|p| *p < 1024).min()
}

/// Why every user of the container may listen on the port, if so. Docker 20.10 and later lowers the
/// first such port in private networks (moby daemon/oci_linux.go), but on kernels from 4.11 on only,
/// and neither is written in the text.
fn open_to_everybody(container: &Container, port: u16) -> Option<&'static str> {
    let name = "net.ipv4.ip_unprivileged_port_start=";
    let mut set = container.sysctls.iter().rev().map(|s| s.value.shown());
    let first = set.find_map(|text| Some(text.strip_prefix(name)?.parse::<u16>().ok()));
    first
        .flatten()
        .is_some_and(|first| first <= port)
        .then_some("the launch lowers net.ipv4.ip_unprivileged_port_start")
}

/// True where the network is neither the host's nor another container's, as far as is written.
fn has_own_network(container: &Container) -> bool {
    match container.namespace(Namespace::Network) {
        None => container.pod.is_none() && !container.may_hide(Key::Namespace(Namespace::Network)),
        Some(mode) => mode.value.known().is_some_and(|m| {
            let joined = ["container:", "service:", "ns:"].iter().any(|p| m.starts_with(p));
            m != "host" && !joined
        }),
    }
}
