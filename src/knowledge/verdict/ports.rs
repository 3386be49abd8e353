//! Ports that a program may listen on.

use crate::container::{Container, Key, Mount, Namespace, Text, Written};

use super::super::images::{Entry, StartsAs};
use super::{Verdict, names_a_mount};

/// Whether something outside may reach the port.
pub(super) fn may_be_reached(container: &Container, port: u16) -> bool {
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

/// Whether it may listen on a port that is not open to everybody: one of the image's, one that is
/// published, or one that a word, a variable or a file of its settings names. Whoever shares its network
/// reaches it there.
pub(super) fn low(container: &Container, entry: &Entry) -> Verdict {
    let lowest = match has_own_network(container) {
        true => lowest(container, entry),
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
fn lowest(container: &Container, entry: &Entry) -> Option<u16> {
    let moved = entry.port_env.as_ref().and_then(|name| {
        let set = container.environment.iter().rev().map(|e| e.value.shown());
        let mut values = set.filter_map(|e| e.split_once('=').filter(|(k, _)| k == name).map(|(_, v)| v.to_owned()));
        values.next()
    });
    let own: Vec<u16> = match moved {
        Some(address) => vec![address.rsplit(':').next().and_then(|p| p.parse().ok()).unwrap_or(1)],
        None => entry.ports.clone(),
    };
    let published = published(container).map(|p| p.unwrap_or(1));
    // an ordinary user has no use for the capability, and today's ports are among those above
    let told = match entry.starts_as {
        StartsAs::User => None,
        StartsAs::Root | StartsAs::Varies => told(container, entry),
    };
    own.into_iter().chain(published).chain(told).filter(|p| *p < 1024).min()
}

/// The lowest port that the launch tells the program of; 1 where it may be any.
fn told(container: &Container, entry: &Entry) -> Option<u16> {
    let in_a_file = match &entry.config {
        Some(paths) => paths.iter().any(|path| super::may_be_mounted(container, path)),
        None => container.mounts.iter().any(|w| is_no_data(w, entry)),
    };
    if in_a_file || container.open_environment {
        return Some(1);
    }
    let words = container.command.iter().filter_map(|word| match word.known() {
        Some(word) => lowest_named(&word, true),
        None => Some(1),
    });
    let variables = container.environment.iter();
    words
        .chain(variables.filter_map(|v| told_by(container, &v.value)))
        .min()
}

/// The lowest port that a variable names; 1 where it may be any.
fn told_by(container: &Container, variable: &Text) -> Option<u16> {
    let shown = variable.shown();
    let (name, value) = match shown.split_once('=') {
        Some((name, value)) => (name, variable.known().map(|_| value)),
        None => (&*shown, None),
    };
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match value {
        None => says(&["PORT", "ADDR", "LISTEN", "BIND", "URL", "HOST", "CONF", "*"]).then_some(1),
        Some(_) if says(&["CONF"]) && names_a_mount(container, variable) => Some(1),
        Some(value) => lowest_named(value, says(&["PORT"])),
    }
}

/// True for a mount that may hold the program's settings: it lies where the entry keeps no data.
fn is_no_data(mount: &Written<Mount>, entry: &Entry) -> bool {
    let target = mount.value.target.as_ref().and_then(Text::known);
    target.is_none_or(|target| {
        let below = |path: &String| {
            let rest = target.strip_prefix(path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !entry.data.iter().any(below)
    })
}

/// The lowest port below 1024 that a word names: behind a colon, or, where `bare`, alone or behind `=`.
fn lowest_named(word: &str, bare: bool) -> Option<u16> {
    let parts = word.split(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '='));
    let numbers = parts.flat_map(|part| {
        part.char_indices().filter_map(move |(at, c)| {
            let rest = part.get(at + 1..)?;
            let digits = rest.split([':', '=']).next()?;
            (c == ':' || (c == '=' && bare)).then_some(digits)
        })
    });
    let alone = Some(word).filter(|_| bare);
    let ports = numbers.chain(alone).filter_map(|number| number.parse::<u16>().ok());
    ports.filter(|port| (1..1024).contains(port)).min()
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
