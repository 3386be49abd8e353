//! docker's keys (cli 29.8 `opts/mount.go`; seen on 28.5): in any case, values as they are.

use super::{Field, refuse};
use crate::container::{Labelling, Mount, MountKind};
use crate::spec::boolean;

/// Every key, those first whose value may be left out.
const KEYS: [&str; 20] = [
    "readonly",
    "ro",
    "volume-nocopy",
    "bind-nonrecursive",
    "bind-create-src",
    "type",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "consistency",
    "bind-propagation",
    "bind-recursive",
    "volume-subpath",
    "volume-label",
    "volume-driver",
    "volume-opt",
    "tmpfs-size",
    "tmpfs-mode",
];
const SWITCHES: usize = 5;

pub(super) fn read(fields: &[Field], mount: &mut Mount) {
    let said = fields.iter().rev().find(|f| f.key.eq_ignore_ascii_case("type"));
    if let Some(value) = said.and_then(|f| f.value.as_ref()) {
        mount.kind = match value.known() {
            Some(word) => super::kind(&word.to_lowercase()),
            None => MountKind::Other("unknown".to_owned()),
        };
    }
    for field in fields {
        one(field, mount);
    }
    if mount.target.is_none() {
        refuse(mount, "the target is missing");
    } else if mount.is_bind() && mount.source.is_none() {
        refuse(mount, "the source is missing");
    }
    if mount.is_bind() {
        mount.labelling = Labelling::Impossible("`--mount` has no label option here, `-v` has");
    }
}

fn one(field: &Field, mount: &mut Mount) {
    let key = field.key.to_lowercase();
    if !field.is_open() {
        check(field, &key, mount);
    }
    match (key.as_str(), &field.value) {
        ("type", _) => return,
        ("source" | "src", Some(value)) => {
            mount.source = Some(value.clone());
            return;
        }
        ("target" | "dst" | "destination", Some(value)) => {
            mount.target = Some(value.clone());
            return;
        }
        ("readonly" | "ro", None) => mount.read_only = true,
        ("readonly" | "ro", Some(value)) => match value.known().and_then(|v| boolean(&v)) {
            Some(on) => mount.read_only = on,
            None if value.has_hole() => {}
            None => refuse(mount, format!("`{key}` takes a boolean")),
        },
        ("bind-propagation", Some(value)) => mount.propagation = Some(value.shown().to_lowercase()),
        _ => {}
    }
    mount.options.push(field.whole.clone());
}

/// What the client refuses in a field whatever its value.
fn check(field: &Field, key: &str, mount: &mut Mount) {
    let known = KEYS.contains(&key) || key == "image-subpath";
    if !known {
        let label = matches!(key, "z" | "relabel" | "selinux" | "bind-selinux");
        let why = if label { "no label option" } else { "no such key" };
        return refuse(mount, format!("`{}`: this `--mount` has {why}", field.whole.shown()));
    }
    match &field.value {
        None if !KEYS.iter().take(SWITCHES).any(|switch| *switch == key) => {
            refuse(mount, format!("`{key}` needs a value"));
        }
        Some(value) if value.known().is_some_and(|v| v.trim() != v) => {
            refuse(mount, format!("blanks around the value of `{key}`"));
        }
        _ => {}
    }
    let kind = mount.kind.as_str();
    if let Some((family, _)) = key.split_once('-')
        && family != kind
        && kind != "unknown"
    {
        refuse(mount, format!("`{key}` does not go with a mount of type {kind}"));
    }
}
