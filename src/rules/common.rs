//! What several rules say or decide alike.

use crate::container::{Container, Engine, Key, Syntax, Tri};
use crate::fix::{Change, Safety};
use crate::knowledge::needs::{Needs, Trust, needs};

use super::Scene;

/// The container as a message begins with it: `` `registry` ``.
pub(super) fn who(container: &Container) -> String {
    match container.called().as_str() {
        "container" => "the container".to_owned(),
        called => format!("`{}`", shortened(called)),
    }
}

/// The image as a note names it.
pub(super) fn image(container: &Container) -> String {
    match (&container.image, &container.build) {
        (Some(image), _) => format!("`{}`", shortened(&image.value.shown())),
        (None, Some(_)) => "the image that is built here".to_owned(),
        (None, None) => "the image".to_owned(),
    }
}

/// A name of bearable length: texts of the files are not bounded.
pub(super) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or("")),
        None => line.to_owned(),
    }
}

/// True where the container is privileged, or may be: then `privileged` speaks for it.
pub(super) fn is_privileged(container: &Container) -> bool {
    container.syntax != Syntax::Exec && container.privileged() != Tri::No
}

/// Why the host is taken for an SELinux host.
pub(super) fn selinux_note(scene: &Scene) -> String {
    format!(
        "taken for an SELinux host because {} (`--selinux=off` to say otherwise)",
        scene.selinux.why
    )
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// How a key and a value would be written, for help texts.
pub(super) fn spelled(container: &Container, key: Key, value: &str) -> String {
    let (flag, compose) = match key {
        Key::CapAdd => ("--cap-add", "cap_add"),
        Key::CapDrop => ("--cap-drop", "cap_drop"),
        Key::SecurityOpt => ("--security-opt", "security_opt"),
        Key::Device => ("--device", "devices"),
        Key::User => ("--user", "user"),
        _ => ("", ""),
    };
    match container.syntax {
        Syntax::Compose if key == Key::User => format!("`{compose}: {value}`"),
        Syntax::Compose => format!("`{compose}: [{value}]`"),
        _ => format!("`{flag}={value}`"),
    }
}

/// The safety of a change that rests on what is known of an image.
pub(super) fn safety(needs: Option<&Needs>) -> Safety {
    match needs {
        Some(needs) if needs.trust == Trust::Sure && !needs.on_top_of_default => Safety::Safe,
        _ => Safety::Unsafe,
    }
}

/// What is known of the container's needs, as notes.
pub(super) fn needs_notes(container: &Container, needs: &Needs, wanted: &[&str]) -> Vec<String> {
    let image = image(container);
    let source = needs.source();
    let doubt = needs.doubt.as_deref().unwrap_or(needs.entry.basis.as_words());
    if needs.trust == Trust::Guess {
        return vec![format!("what {image} needs here is not known: {doubt} ({source})")];
    }
    let what = match (wanted, needs.on_top_of_default) {
        ([], false) => "no capability".to_owned(),
        ([], true) => "no capability beyond the default ones".to_owned(),
        (names, _) => listed(names),
    };
    let mut notes = vec![format!(
        "{image} needs {what} as it is launched here ({doubt}; {source})"
    )];
    let reasons = needs.capabilities.iter().filter(|(name, _)| wanted.contains(name));
    notes.extend(reasons.map(|(name, why)| format!("{name}: {why}")));
    notes.extend(needs.facts.iter().cloned());
    notes
}

/// Why the image is given parts of the host, where that is known.
pub(super) fn host_note(container: &Container) -> Option<String> {
    let needs = needs(container)?;
    let why = needs.entry.host.as_ref()?;
    Some(format!("{} is given it {why} ({})", image(container), needs.source()))
}

/// Drops every capability and adds back those that are wanted.
pub(super) fn drop_all_but(container: &Container, wanted: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    if !drops_all(container) {
        changes.push(Change::Add(Key::CapDrop, "all".to_owned()));
    }
    let written: Vec<String> = capability_names(&container.cap_add);
    let missing = wanted.iter().filter(|name| !written.iter().any(|w| w == *name));
    changes.extend(missing.map(|name| Change::Add(Key::CapAdd, (*name).to_owned())));
    changes
}

/// Which error names which capability: advice for an image of which nothing is known.
pub(super) fn error_table() -> String {
    "if it then fails, the error names what to add back: `chown` CHOWN, `setgroups` or `gosu` SETUID and SETGID, \
     `Permission denied` for root DAC_OVERRIDE, `bind` NET_BIND_SERVICE"
        .to_owned()
}

/// The engine as a sentence names it.
pub(super) fn engine(container: &Container) -> &'static str {
    match container.engine {
        Engine::Unknown => "the engine",
        known => known.as_str(),
    }
}

// ---- replaced by the container's own words once they are there ----

use crate::container::{Namespace, Text, Written};

/// Capability names as the engine compares them: upper case, without `CAP_`.
pub(super) fn capability_names(list: &[Written<Text>]) -> Vec<String> {
    list.iter().map(|w| capability_name(&w.value.shown())).collect()
}

pub(super) fn capability_name(text: &str) -> String {
    let upper = text.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map(str::to_owned).unwrap_or(upper)
}

pub(super) fn drops_all(container: &Container) -> bool {
    container
        .cap_drop
        .iter()
        .any(|w| w.value.shown().eq_ignore_ascii_case("all"))
}

/// The entry that adds every capability.
pub(super) fn adds_all(container: &Container) -> Option<&Written<Text>> {
    container
        .cap_add
        .iter()
        .find(|w| w.value.shown().eq_ignore_ascii_case("all"))
}

/// The security options as key and value, with either separator.
pub(super) fn security_options(container: &Container) -> impl Iterator<Item = (String, String, &Written<Text>)> {
    container.security_opt.iter().map(|w| {
        let text = w.value.shown();
        let cut = if text.contains('=') { '=' } else { ':' };
        let (key, value) = text.split_once(cut).unwrap_or((&text, ""));
        (key.to_owned(), value.to_owned(), w)
    })
}

/// The security option of a key and value.
pub(super) fn security_option<'a>(container: &'a Container, key: &str, value: &str) -> Option<&'a Written<Text>> {
    security_options(container)
        .find(|(k, v, _)| k == key && v == value)
        .map(|(_, _, w)| w)
}

/// Why SELinux does not confine the container, if it does not.
pub(super) fn unconfined(container: &Container) -> Option<String> {
    if security_option(container, "label", "disable").is_some() {
        return Some("`label=disable`".to_owned());
    }
    for kind in super::unconfined_selinux_type::UNCONFINED {
        if security_option(container, "label", &format!("type:{kind}")).is_some() {
            return Some(format!("`label=type:{kind}`"));
        }
    }
    let labelled = security_options(container).any(|(k, v, _)| k == "label" && v != "nested");
    if labelled {
        return None;
    }
    if is_privileged(container) {
        return Some("`--privileged`".to_owned());
    }
    [Namespace::Pid, Namespace::Ipc].into_iter().find_map(|ns| {
        let mode = container.namespace(ns)?;
        mode.value.is("host").then(|| {
            format!(
                "the host's {}",
                if ns == Namespace::Pid {
                    "processes"
                } else {
                    "shared memory"
                }
            )
        })
    })
}

/// The capabilities that the engine grants when nothing is said.
pub(super) fn default_capabilities(engine: Engine) -> &'static [&'static str] {
    const DOCKER: &[&str] = &[
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
        "AUDIT_WRITE",
        "MKNOD",
        "NET_RAW",
    ];
    match engine {
        Engine::Podman => DOCKER.split_at(11).0,
        _ => DOCKER,
    }
}

/// Every capability of Linux 6.
pub(super) const KNOWN_CAPABILITIES: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];
