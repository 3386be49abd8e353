//! docker's keys (cli 29.8 `opts/mount.go`; seen on 28.5): in any case, values as they are.

use super::{Field, note, refuse};
use crate::container::{Labelling, Mount, MountKind, Refused, Refuser};
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
        note(mount, Refused::new(Refuser::Engine, "the source is missing"));
    }
    if let Some(refused) = by_daemon(mount) {
        note(mount, refused);
    }
    if mount.is_bind() {
        mount.labelling = Labelling::Impossible("`--mount` has no label option here, `-v` has");
    }
}

const TYPES: &[&str] = &["bind", "volume", "tmpfs", "image"];
const PROPAGATIONS: &[&str] = &["private", "rprivate", "slave", "rslave", "shared", "rshared"];

/// What the client hands on and the daemon refuses (moby `linux_parser.go` `validateMountConfigImpl`).
fn by_daemon(mount: &Mount) -> Option<Refused> {
    let by = Refuser::Engine;
    let source = mount.source.as_ref().and_then(|source| Some((source, source.known()?)));
    match (&mount.kind, source) {
        // these two are the swarm's and those of Windows
        (MountKind::Other(kind), _) if !matches!(kind.as_str(), "image" | "npipe" | "cluster" | "unknown") => {
            let refused = Refused::new(by, format!("docker knows no mount of type `{kind}`"));
            Some(refused.among(kind, TYPES))
        }
        (MountKind::Tmpfs, Some((source, _))) => {
            Some(Refused::new(by, "a mount of type tmpfs takes no source").at(source))
        }
        // the client makes paths absolute that begin with a dot
        (MountKind::Bind, Some((source, path))) if !path.starts_with(['/', '.', '\\']) => {
            // bash takes a word that begins so for an assignment, and fills in `~`
            let start = mount.text.known_prefix();
            let assigned = start.starts_with("src=~") || start.starts_with("source=~");
            let windows = path.chars().nth(1) == Some(':');
            let refused = Refused::new(by, format!("the source `{path}` is not an absolute path")).at(source);
            let instead = match path.starts_with('~') {
                true => "`$HOME`, which the shell fills in".to_owned(),
                false => format!("`./{path}` for a path beside the place where it is run"),
            };
            (!windows && !assigned).then(|| refused.instead(instead))
        }
        _ => None,
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
        ("bind-propagation", Some(value)) => {
            let word = value.shown().to_lowercase();
            if !value.has_hole() && !PROPAGATIONS.contains(&word.as_str()) {
                let refused = Refused::new(Refuser::Engine, format!("docker knows no propagation `{word}`"));
                note(mount, refused.at(value).among(&word, PROPAGATIONS));
            }
            mount.propagation = Some(word);
        }
        _ => {}
    }
    mount.options.push(field.whole.clone());
}

/// What the client refuses in a field whatever its value.
fn check(field: &Field, key: &str, mount: &mut Mount) {
    let known = KEYS.contains(&key) || key == "image-subpath";
    if !known {
        let label = matches!(key, "z" | "relabel" | "selinux" | "bind-selinux");
        let shown = field.whole.shown();
        let refused = match label {
            true => Refused::new(
                Refuser::Client,
                format!("docker's `--mount` has no label option `{shown}`"),
            )
            .instead("`-v SOURCE:TARGET:Z` asks for a label, or `:z` where another container mounts it too"),
            false if field.value.is_none() => {
                Refused::new(Refuser::Client, format!("`{shown}` in `--mount` has no value")).among(key, &KEYS)
            }
            false => Refused::new(
                Refuser::Client,
                format!("docker's `--mount` has no key `{}`", field.key),
            )
            .among(key, &KEYS),
        };
        return note(mount, refused.at(&field.whole));
    }
    match &field.value {
        None if !KEYS.iter().take(SWITCHES).any(|switch| *switch == key) => {
            refuse(mount, format!("`{key}` needs a value"));
        }
        Some(value) if value.known().is_some_and(|v| v.trim() != v) => {
            let refused = Refused::new(Refuser::Client, format!("blanks stand around the value of `{key}`"));
            let since = Some("docker 29");
            note(
                mount,
                Refused {
                    since,
                    ..refused.at(value)
                },
            );
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
