//! podman's keys (6.0 `pkg/specgenutil/volumes.go`; seen on 5.8): in lower case only.

use super::{Field, refuse};
use crate::container::{Labelling, Mount, MountKind, Relabel};

const PROPAGATIONS: [&str; 8] = [
    "shared",
    "rshared",
    "slave",
    "rslave",
    "private",
    "rprivate",
    "unbindable",
    "runbindable",
];

pub(super) fn read(fields: &[Field], mount: &mut Mount) {
    // the first `type` counts; a second one is refused as a key that does not exist
    let said = fields
        .iter()
        .position(|f| f.key == "type" && f.value.as_ref().is_some_and(|v| v.split('=').len() == 1));
    if let Some(value) = said.and_then(|at| fields.get(at)).and_then(|f| f.value.as_ref()) {
        mount.kind = match value.known() {
            Some(word) => super::kind(&word),
            None => MountKind::Other("unknown".to_owned()),
        };
    }
    let mut seen = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        if Some(at) != said {
            one(field, mount, &mut seen);
        }
    }
    finish(mount);
}

/// What a key is about: of each, one field at most is taken.
fn topic(key: &str) -> Option<&'static str> {
    let topic = match key {
        "source" | "src" => "the source",
        "target" | "dst" | "destination" => "the target",
        "readonly" | "ro" | "rw" => "writing",
        "exec" | "noexec" => "exec",
        "dev" | "nodev" => "dev",
        "suid" | "nosuid" => "suid",
        "U" | "chown" => "the owner",
        "relabel" | "z" | "Z" | "O" => "the label",
        "bind-propagation" => "propagation",
        "tmpcopyup" | "notmpcopyup" => "copying up",
        _ if PROPAGATIONS.contains(&key) => "propagation",
        _ => return None,
    };
    Some(topic)
}

/// True when mounts of the kind take the key.
fn fits(key: &str, kind: &str) -> bool {
    match kind {
        "image" => matches!(
            key,
            "source" | "src" | "target" | "dst" | "destination" | "rw" | "readwrite" | "subpath" | "consistency"
        ),
        "artifact" => matches!(
            key,
            "source" | "src" | "target" | "dst" | "destination" | "title" | "digest" | "name" | "consistency"
        ),
        "devpts" => matches!(
            key,
            "source"
                | "src"
                | "target"
                | "dst"
                | "destination"
                | "uid"
                | "gid"
                | "mode"
                | "ptmxmode"
                | "max"
                | "consistency"
        ),
        _ => match key {
            "bind-propagation" | "bind-nonrecursive" => matches!(kind, "bind" | "glob"),
            "tmpfs-size" | "tmpfs-mode" | "tmpcopyup" | "notmpcopyup" | "noswap" => kind == "tmpfs",
            "subpath" | "volume-subpath" | "volume-opt" => kind == "volume",
            "source" | "src" => kind != "tmpfs",
            "consistency" | "idmap" | "no-dereference" => true,
            _ => topic(key).is_some_and(|_| key != "O"),
        },
    }
}

fn one(field: &Field, mount: &mut Mount, seen: &mut Vec<&'static str>) {
    let key = field.key.as_str();
    let kind = mount.kind.as_str().to_owned();
    if !field.is_open() && kind != "unknown" && !fits(key, &kind) {
        refuse(mount, format!("`{key}` does not go with a mount of type {kind}"));
    }
    if let Some(topic) = topic(key) {
        if seen.contains(&topic) {
            refuse(mount, format!("only one option about {topic} can be given"));
        }
        seen.push(topic);
    }
    let word = field.value.as_ref().and_then(|value| value.known());
    match (key, &field.value) {
        ("source" | "src", value) => {
            if word.as_deref().is_some_and(str::is_empty) || value.is_none() {
                refuse(mount, "the source is empty");
            }
            mount.source = value.clone();
            return;
        }
        ("target" | "dst" | "destination", value) => {
            if word.as_deref().is_some_and(str::is_empty) || value.is_none() {
                refuse(mount, "the target is empty");
            }
            mount.target = value.clone();
            return;
        }
        ("readonly" | "ro", None) => mount.read_only = true,
        // any word but `true` leaves it writable, `1` and `yes` included, without a complaint
        ("readonly" | "ro", Some(_)) => mount.read_only = word.is_some_and(|w| w.eq_ignore_ascii_case("true")),
        ("rw", Some(_)) if kind != "image" => mount.read_only = word.is_some_and(|w| w.eq_ignore_ascii_case("false")),
        ("z" | "Z", None) => label(field, mount, if key == "z" { "shared" } else { "private" }),
        ("relabel", Some(value)) => match word {
            Some(word) => label(field, mount, &word),
            None if value.has_hole() => mount.labelling = Labelling::Impossible(super::OPEN),
            None => {}
        },
        ("relabel", None) => refuse(mount, "`relabel` needs a value"),
        ("U" | "chown", None) => mount.chown = true,
        ("U" | "chown", Some(value)) => match word.map(|w| w.to_lowercase()).as_deref() {
            Some("true") => mount.chown = true,
            Some("false") => {}
            None if value.has_hole() => {}
            _ => refuse(mount, format!("`{key}` is neither `true` nor `false`")),
        },
        ("bind-propagation", Some(value)) => {
            if word.is_some_and(|w| !PROPAGATIONS.contains(&w.as_ref())) {
                refuse(mount, "no such propagation");
            }
            mount.propagation = Some(value.shown());
        }
        (word, None) if PROPAGATIONS.contains(&word) => mount.propagation = Some(word.to_owned()),
        _ => {}
    }
    mount.options.push(field.whole.clone());
}

fn label(field: &Field, mount: &mut Mount, word: &str) {
    mount.relabel_span = Some(field.whole.span());
    match word {
        "shared" => mount.relabel = Relabel::Shared,
        "private" => mount.relabel = Relabel::Private,
        _ => refuse(mount, "`relabel` takes `shared` or `private`"),
    }
}

fn finish(mount: &mut Mount) {
    let kind = mount.kind.as_str().to_owned();
    let known = [
        "bind", "volume", "tmpfs", "ramfs", "glob", "devpts", "image", "artifact", "unknown",
    ];
    if !known.contains(&kind.as_str()) {
        refuse(mount, format!("podman knows no mount of type `{kind}`"));
    }
    if kind == "image" {
        let writable = |o: &crate::container::Text| o.is("rw=true") || o.is("readwrite=true");
        mount.read_only = !mount.options.iter().any(writable);
        if mount.options.iter().any(|o| o.is("rw") || o.is("readwrite")) {
            refuse(mount, "`rw` of an image needs a value");
        }
    }
    if mount.target.is_none() && kind != "glob" {
        refuse(mount, "the target is missing");
    }
    if mount.source.is_none() {
        match kind.as_str() {
            // the path is mounted at its own place
            "bind" => mount.source = mount.target.clone(),
            "image" | "glob" | "artifact" => refuse(mount, "the source is missing"),
            _ => {}
        }
    }
    if mount.labelling == Labelling::Impossible(super::OPEN) {
        return;
    }
    if matches!(kind.as_str(), "bind" | "volume" | "glob") {
        mount.labelling = Labelling::Field;
    }
}
