//! `--mount KEY=VALUE,…`.
//!
//! Sources: docker cli 29.8 `opts/mount.go`, podman 6.0 `pkg/specgenutil/volumes.go`, nerdctl 2
//! `pkg/mountutil`; seen on docker 28.2 and podman 5.8.

use super::check_target;
use crate::container::{Labelling, Mount, MountKind, Relabel, Text};
use crate::spec::{Dialect, boolean, csv, holes};

/// docker's keys; the values of those in the second list may be left out.
const DOCKER_KEYS: [&str; 23] = [
    "type",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "readonly",
    "ro",
    "consistency",
    "bind-propagation",
    "bind-nonrecursive",
    "bind-recursive",
    "bind-create-src",
    "volume-subpath",
    "volume-nocopy",
    "volume-label",
    "volume-driver",
    "volume-opt",
    "image-subpath",
    "tmpfs-size",
    "tmpfs-mode",
    "volume-readonly",
    "tmpfs-options",
];
const DOCKER_SWITCHES: [&str; 5] = [
    "readonly",
    "ro",
    "volume-nocopy",
    "bind-nonrecursive",
    "bind-create-src",
];

/// podman's kinds of mounts.
const PODMAN_KINDS: [&str; 8] = [
    "bind", "volume", "tmpfs", "ramfs", "glob", "devpts", "image", "artifact",
];
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

/// One `key` or `key=value` of the record.
struct Field {
    whole: Text,
    key: String,
    value: Option<Text>,
}

/// A mount as `--mount` says it.
pub fn mount_flag(text: &Text, dialect: Dialect) -> Mount {
    let mut mount = Mount::new(MountKind::Volume, text.clone());
    let fields = match csv::fields(text) {
        Ok(fields) => fields,
        Err(why) => {
            mount.error = Some(why.to_owned());
            return mount;
        }
    };
    let fields: Vec<Field> = fields.into_iter().map(|whole| field(whole, dialect)).collect();
    if fields.is_empty() {
        mount.error = Some("the mount is empty".to_owned());
    }
    if fields.iter().all(|f| f.value.is_none() && holes::all_hole(&f.whole)) && !fields.is_empty() {
        mount.kind = MountKind::Other("unknown".to_owned());
        mount.labelling = Labelling::Impossible("the mount is held in a variable");
        return mount;
    }
    mount.kind = kind(&fields, dialect, &mut mount.error);
    for field in &fields {
        match dialect {
            Dialect::Podman => podman(field, &mut mount),
            Dialect::Docker | Dialect::Compose | Dialect::Nerdctl => docker(field, &mut mount),
        }
    }
    finish(&mut mount, dialect);
    mount
}

fn field(whole: Text, dialect: Dialect) -> Field {
    let (key, value) = match whole.split_once('=') {
        Some((key, value)) => (key.shown(), Some(value)),
        None => (whole.shown(), None),
    };
    let key = if dialect == Dialect::Podman {
        key
    } else {
        key.to_lowercase()
    };
    Field { whole, key, value }
}

/// The kind. podman takes the first `type`, docker the last; a volume where none is said.
fn kind(fields: &[Field], dialect: Dialect, error: &mut Option<String>) -> MountKind {
    let mut types = fields.iter().filter(|f| f.key == "type" && f.value.is_some());
    let said = if dialect == Dialect::Podman {
        types.next()
    } else {
        types.next_back()
    };
    let Some(value) = said.and_then(|f| f.value.as_ref()) else {
        return MountKind::Volume;
    };
    let Some(known) = value.known() else {
        return MountKind::Other("unknown".to_owned());
    };
    let word = if dialect == Dialect::Podman {
        known.into_owned()
    } else {
        known.to_lowercase()
    };
    if dialect == Dialect::Podman && !PODMAN_KINDS.contains(&word.as_str()) {
        *error = Some(format!("podman knows no mount of type `{word}`"));
    }
    match word.as_str() {
        "bind" => MountKind::Bind,
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other(word),
    }
}

fn docker(field: &Field, mount: &mut Mount) {
    let key = field.key.as_str();
    if field.whole.has_hole() && field.value.is_none() {
        mount.options.push(field.whole.clone());
        return;
    }
    if !DOCKER_KEYS.contains(&key) {
        let label = matches!(key, "z" | "relabel" | "selinux" | "bind-selinux");
        let why = if label {
            "docker's `--mount` has no label option"
        } else {
            "docker's `--mount` has no such key"
        };
        set(&mut mount.error, format!("`{}`: {why}", field.whole.shown()));
        mount.options.push(field.whole.clone());
        return;
    }
    let Some(value) = &field.value else {
        if !DOCKER_SWITCHES.contains(&key) {
            set(&mut mount.error, format!("`{key}` needs a value"));
        }
        if matches!(key, "ro" | "readonly") {
            mount.read_only = true;
        }
        mount.options.push(field.whole.clone());
        return;
    };
    if value.known().is_some_and(|v| v.trim() != v) {
        set(&mut mount.error, format!("blanks around the value of `{key}`"));
    }
    match key {
        "type" => return,
        "source" | "src" => {
            mount.source = Some(value.clone());
            return;
        }
        "target" | "dst" | "destination" => {
            mount.target = Some(value.clone());
            return;
        }
        "readonly" | "ro" => read_only(value, key, mount),
        "bind-propagation" => mount.propagation = Some(value.shown().to_lowercase()),
        _ => {}
    }
    mount.options.push(field.whole.clone());
}

fn podman(field: &Field, mount: &mut Mount) {
    let key = field.key.as_str();
    match (key, &field.value) {
        ("type", Some(_)) => return,
        ("source" | "src", Some(value)) => {
            if mount.kind == MountKind::Tmpfs {
                set(&mut mount.error, "memory has no source".to_owned());
            }
            mount.source = Some(value.clone());
            return;
        }
        ("target" | "dst" | "destination", Some(value)) => {
            mount.target = Some(value.clone());
            return;
        }
        ("readonly" | "ro", None) => mount.read_only = true,
        ("readonly" | "ro", Some(value)) => read_only(value, key, mount),
        ("rw", None) => mount.read_only = false,
        ("rw", Some(value)) => {
            read_only(value, key, mount);
            mount.read_only = !mount.read_only;
        }
        ("relabel", Some(value)) => {
            if mount.relabel_span.is_some() {
                set(&mut mount.error, "a label is asked for twice".to_owned());
            }
            mount.relabel_span = Some(field.whole.span());
            match value.known().as_deref() {
                Some("shared") => mount.relabel = Relabel::Shared,
                Some("private") => mount.relabel = Relabel::Private,
                Some(_) => set(&mut mount.error, "relabel takes `shared` or `private`".to_owned()),
                None => mount.labelling = Labelling::Impossible("a variable may already ask for a label"),
            }
        }
        ("z", None) | ("Z", None) => {
            mount.relabel = if key == "z" { Relabel::Shared } else { Relabel::Private };
            mount.relabel_span = Some(field.whole.span());
        }
        ("U" | "chown", None) => mount.chown = true,
        ("U" | "chown", Some(value)) => match value.known().and_then(|v| boolean(&v)) {
            Some(on) => mount.chown = on,
            None if value.has_hole() => {}
            None => set(&mut mount.error, format!("`{key}` takes a boolean")),
        },
        ("bind-propagation", Some(value)) => mount.propagation = Some(value.shown()),
        (word, None) if PROPAGATIONS.contains(&word) => mount.propagation = Some(word.to_owned()),
        _ => {
            if !field.whole.has_hole() && !PODMAN_KEYS.contains(&key) {
                set(&mut mount.error, format!("podman's `--mount` has no key `{key}`"));
            }
        }
    }
    mount.options.push(field.whole.clone());
}

/// podman's other keys.
const PODMAN_KEYS: [&str; 24] = [
    "type",
    "consistency",
    "bind-nonrecursive",
    "no-dereference",
    "idmap",
    "exec",
    "noexec",
    "dev",
    "nodev",
    "suid",
    "nosuid",
    "tmpcopyup",
    "notmpcopyup",
    "tmpfs-mode",
    "tmpfs-size",
    "noswap",
    "subpath",
    "volume-subpath",
    "volume-opt",
    "volume-label",
    "nocreate",
    "title",
    "digest",
    "name",
];

fn read_only(value: &Text, key: &str, mount: &mut Mount) {
    match value.known().and_then(|v| boolean(&v)) {
        Some(on) => mount.read_only = on,
        None if value.has_hole() => {}
        None => set(&mut mount.error, format!("`{key}` takes a boolean")),
    }
}

fn finish(mount: &mut Mount, dialect: Dialect) {
    if dialect == Dialect::Podman && mount.is_bind() && mount.source.is_none() {
        // podman mounts the path at its own place
        mount.source = mount.target.clone();
    }
    match mount.target.clone() {
        Some(target) => check_target(&target, dialect, mount),
        None if mount.options.iter().any(Text::has_hole) => {}
        None => set(&mut mount.error, "the target is missing".to_owned()),
    }
    if dialect != Dialect::Podman
        && mount.is_bind()
        && mount.source.is_none()
        && !mount.options.iter().any(Text::has_hole)
    {
        set(&mut mount.error, "the source is missing".to_owned());
    }
    if matches!(
        mount.labelling,
        Labelling::Impossible("a variable may already ask for a label")
    ) {
        return;
    }
    mount.labelling = match (dialect, &mount.kind) {
        (Dialect::Podman, MountKind::Bind | MountKind::Volume) => Labelling::Field,
        (Dialect::Podman, MountKind::Other(word)) if word == "glob" => Labelling::Field,
        (Dialect::Podman, _) => Labelling::Impossible("this kind of mount takes no label"),
        (_, MountKind::Bind) => Labelling::Impossible("docker's `--mount` has no label option; `-v` has"),
        _ => Labelling::Impossible("this kind of mount takes no label"),
    };
}

fn set(error: &mut Option<String>, what: String) {
    if error.is_none() {
        *error = Some(what);
    }
}
