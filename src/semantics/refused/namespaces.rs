//! Namespace modes.

use super::Asked;
use crate::container::{Container, Engine, Namespace, Refused, Refuser, Text, Written};

const DOCKER_PID: &[&str] = &["host", "container:"];
const DOCKER_IPC: &[&str] = &["host", "none", "private", "shareable", "container:"];
const DOCKER_CGROUP: &[&str] = &["host", "private"];
const HOST: &[&str] = &["host"];
const PODMAN: &[&str] = &["host", "private", "pod", "container:", "ns:"];
const PODMAN_IPC: &[&str] = &["host", "none", "private", "shareable", "pod", "container:", "ns:"];
const PODMAN_USER: &[&str] = &[
    "host",
    "auto",
    "keep-id",
    "nomap",
    "private",
    "pod",
    "container:",
    "ns:",
    "auto:",
    "keep-id:",
];

impl Container {
    /// The mode of each namespace that decides.
    pub(super) fn last_modes(&self) -> impl Iterator<Item = (Namespace, &Written<Text>)> {
        [
            Namespace::Pid,
            Namespace::Ipc,
            Namespace::Uts,
            Namespace::User,
            Namespace::Cgroup,
            Namespace::Network,
        ]
        .into_iter()
        .filter_map(|namespace| Some((namespace, self.namespace(namespace)?)))
    }
}

/// What is refused in the mode of a namespace. Where a word ends in `:`, something must follow it.
pub(super) fn judge(namespace: Namespace, mode: &str, asked: Asked) -> Option<Refused> {
    if mode.is_empty() {
        return None;
    }
    let docker = asked.engine == Engine::Docker;
    let taken = match (namespace, docker) {
        (Namespace::Network, _) => return network(mode, asked),
        (Namespace::Pid, true) => DOCKER_PID,
        (Namespace::Ipc, true) => DOCKER_IPC,
        (Namespace::Uts | Namespace::User, true) => HOST,
        (Namespace::Cgroup, true) => DOCKER_CGROUP,
        (Namespace::Ipc, false) => PODMAN_IPC,
        (Namespace::User, false) => PODMAN_USER,
        (Namespace::Pid | Namespace::Uts | Namespace::Cgroup, false) => PODMAN,
    };
    // Compose puts a container in the place of the service
    if asked.compose && matches!(namespace, Namespace::Pid | Namespace::Ipc) && mode.starts_with("service:") {
        return None;
    }
    let fits = |word: &&str| match word.strip_suffix(':') {
        Some(_) => mode.starts_with(*word),
        None => mode == *word,
    };
    let name = match namespace {
        Namespace::Pid => asked.name("--pid", "pid"),
        Namespace::Ipc => asked.name("--ipc", "ipc"),
        Namespace::Uts => asked.name("--uts", "uts"),
        Namespace::User => asked.name("--userns", "userns_mode"),
        Namespace::Cgroup => asked.name("--cgroupns", "cgroup"),
        Namespace::Network => asked.name("--network", "network_mode"),
    };
    let engine = asked.engine.as_str();
    let refuser = match namespace {
        // docker's client leaves this one to the daemon
        Namespace::Ipc if docker => Refuser::Engine,
        // Compose knows the words of this one
        Namespace::Cgroup if docker => Refuser::Client,
        _ => asked.client(),
    };
    match taken.iter().find(|word| fits(word)) {
        None => {
            let refused = Refused::new(refuser, format!("{engine} takes no `{mode}` for `{name}`"));
            Some(refused.instead(listed(taken, engine, name)).among(mode, taken))
        }
        Some(word) if mode == *word && matches!(*word, "container:" | "ns:") => {
            // docker's client looks for a name after `--pid=container:` only
            let by = if docker && namespace == Namespace::Pid {
                asked.client()
            } else {
                Refuser::Engine
            };
            Some(nothing_after(word, name, by))
        }
        Some(&"keep-id:") => user_option(mode, &["uid", "gid", "size"], "keep-id", Refuser::Engine),
        Some(&"auto:") => user_option(mode, &["size", "uidmapping", "gidmapping"], "auto", Refuser::Client),
        Some(_) => None,
    }
}

fn nothing_after(word: &str, name: &str, by: Refuser) -> Refused {
    let what = if word == "ns:" { "path" } else { "container" };
    Refused::new(by, format!("`{name}` names no {what} after `{word}`"))
}

/// The name of a network can be anything; only a container that is not named is refused.
fn network(mode: &str, asked: Asked) -> Option<Refused> {
    let empty = match asked.engine {
        Engine::Docker => matches!(mode, "container:" | "container"),
        _ => matches!(mode, "container:" | "ns:"),
    };
    let word = if mode == "ns:" { "ns:" } else { "container:" };
    empty.then(|| nothing_after(word, asked.name("--network", "network_mode"), Refuser::Engine))
}

/// The options behind `keep-id:` and `auto:` (containers/storage and podman `pkg/namespaces`).
fn user_option(mode: &str, known: &'static [&'static str], word: &str, by: Refuser) -> Option<Refused> {
    let (_, options) = mode.split_once(':')?;
    let odd = options.split(',').filter(|option| !option.is_empty()).find(|option| {
        let name = option.split('=').next().unwrap_or(option);
        !known.contains(&name)
    })?;
    let refused = Refused::new(by, format!("podman knows no option `{odd}` of `{word}`"));
    Some(refused.instead(format!("`{word}` takes {}", quoted(known))))
}

/// What an engine takes, for a reader.
fn listed(words: &[&str], engine: &str, name: &str) -> String {
    let shown: Vec<String> = words
        .iter()
        .filter(|word| !matches!(**word, "auto:" | "keep-id:"))
        .map(|word| match *word {
            "container:" => "container:NAME".to_owned(),
            "ns:" => "ns:PATH".to_owned(),
            word => word.to_owned(),
        })
        .collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    format!("{engine} takes {}, or no `{name}` at all", quoted(&shown))
}

/// `` `a`, `b` or `c` ``.
pub(super) fn quoted(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", rest.join(", "))
        }
    }
}
