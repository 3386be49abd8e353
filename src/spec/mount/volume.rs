//! `-v SOURCE:TARGET:OPTIONS` and the short form of Compose's volumes.
//!
//! Sources: docker cli 29.8 `internal/volumespec`, moby `daemon/volume/mounts/linux_parser.go`, podman
//! 6.0 `pkg/specgen/volumes.go` with common `pkg/parse`, nerdctl 2 `pkg/mountutil`, compose-go
//! `format/volume.go`; seen on the clients where the clients decide.

use super::check_target;
use crate::container::{Hole, Labelling, Mount, MountForm, MountKind, PieceKind, Refused, Refuser, Relabel, Text};
use crate::source::Span;
use crate::spec::{Dialect, holes};

/// Words in the name of a variable that speak for a named volume, unless one of the others stands there too.
const VOLUME_WORDS: [&str; 1] = ["VOL"];
const PATH_WORDS: [&str; 8] = ["HOST", "DIR", "PATH", "PWD", "FOLDER", "WORKSPACE", "ROOT", "HOME"];
/// Words in the name of a variable behind a path that speak for mount options.
const OPTION_WORDS: [&str; 9] = [
    "SELINUX", "LABEL", "OPT", "MODE", "FLAG", "SUFFIX", "RELABEL", "ZFLAG", "{Z}",
];
/// Where a hole may hold more than its field.
const OPEN: &str = "a variable may already hold the mount's options";

/// A mount as `-v` or Compose's short form says it.
pub fn volume(text: &Text, dialect: Dialect) -> Mount {
    if let Some(mount) = super::too_long(text) {
        return mount;
    }
    let parts = split(text, dialect);
    match parts.as_slice() {
        [_] if text.has_hole() => {
            // source, target and options may all stand in the hole
            super::fields::unknown(text)
        }
        [target] => {
            let mut mount = Mount::new(MountKind::Volume, text.clone());
            mount.form = MountForm::Volume;
            mount.labelling = Labelling::Impossible("an anonymous volume has no place for options");
            let engine = if dialect == Dialect::Podman {
                Refuser::Engine
            } else {
                Refuser::Client
            };
            if text.is_empty() {
                mount.error = Some(Refused::new(engine, "the volume is empty"));
            }
            // docker makes a volume of any path, below the root
            if matches!(dialect, Dialect::Podman | Dialect::Nerdctl) {
                check_target(target, dialect, &mut mount);
            }
            mount.target = Some(target.clone());
            mount
        }
        [source, target, rest @ ..] => {
            let mut mount = Mount::new(kind(source, dialect), text.clone());
            mount.form = MountForm::Volume;
            mount.labelling = Labelling::Suffix;
            if source.is_empty() || (target.is_empty() && dialect != Dialect::Podman) {
                mount.error = Some(Refused::new(Refuser::Client, "a field between colons is empty"));
            }
            if rest.len() > 1 {
                let refused = Refused::new(Refuser::Client, "the mount has too many colons");
                mount.error = Some(refused.instead("source, target and one list of options are all there can be"));
            }
            if rest.first().is_some_and(Text::is_empty) && dialect != Dialect::Podman {
                let refused = Refused::new(Refuser::Client, "a field between colons is empty");
                mount.error.get_or_insert(refused);
            }
            check_source(source, dialect, &mut mount);
            // what docker's client takes for a drive, a daemon on Linux may take for a volume
            if !(dialect == Dialect::Docker && is_drive(&source.known_prefix())) {
                check_target(target, dialect, &mut mount);
            }
            if let Some(options) = rest.first() {
                mount.options = options.split(',');
                read_options(&mut mount, dialect);
            } else if holes::ends_open(target) && holes::mentions(target, &OPTION_WORDS) {
                mount.labelling = Labelling::Impossible(OPEN);
            }
            if mount.overlay {
                mount.labelling = Labelling::Impossible("an overlay leaves the label of its source alone");
            }
            mount.source = Some(source.clone());
            mount.target = Some(target.clone());
            mount
        }
        [] => Mount::new(MountKind::Volume, text.clone()),
    }
}

/// The parts between colons. docker and Compose take a single letter before a colon for a drive, at
/// the start of any part; podman and nerdctl do not.
fn split(text: &Text, dialect: Dialect) -> Vec<Text> {
    let parts = text.split(':');
    if matches!(dialect, Dialect::Podman | Dialect::Nerdctl) {
        return parts;
    }
    if text.known().is_some_and(|known| known.len() <= 2) {
        return vec![text.clone()];
    }
    let mut joined: Vec<Text> = Vec::new();
    let mut drive = false;
    for part in parts {
        match joined.last_mut() {
            Some(last) if drive => {
                let colon = last.span().end as usize;
                let kind = last.pieces().last().map_or(PieceKind::Cooked, |p| p.kind.clone());
                last.push(":".to_owned(), Span::new(colon, colon + 1), kind);
                last.append(part);
                drive = false;
            }
            _ => {
                drive = part.known().is_some_and(|known| {
                    let mut characters = known.chars();
                    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
                });
                joined.push(part);
            }
        }
    }
    joined
}

/// A host path or a volume, by the source's first characters; for a variable by what surrounds it.
fn kind(source: &Text, dialect: Dialect) -> MountKind {
    let path = match source.leading_hole() {
        Some(Hole::WorkingDirectory | Hole::ScriptDirectory | Hole::Home) => true,
        // a volume's name has no slash, so `$DIR/conf` can only be a path; `${PROJECT}-data` is a name
        Some(_) if source.pieces().iter().any(|p| !p.is_hole()) => {
            source.pieces().iter().any(|p| !p.is_hole() && p.text.contains('/'))
        }
        Some(_) => holes::mentions(source, &PATH_WORDS) || !holes::mentions(source, &VOLUME_WORDS),
        None => {
            let start = source.known_prefix();
            match dialect {
                Dialect::Podman => start.starts_with(['/', '.']),
                Dialect::Nerdctl => source.known().is_some_and(|name| !is_name(&name)) || start.contains('/'),
                Dialect::Docker | Dialect::Compose => {
                    start.starts_with(['/', '.', '~']) || start.starts_with(r"\\") || is_drive(&start)
                }
            }
        }
    };
    if path { MountKind::Bind } else { MountKind::Volume }
}

fn is_drive(start: &str) -> bool {
    let mut characters = start.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next() == Some(':')
}

/// A name that a volume may have: a letter or digit, then letters, digits, `_`, `.`, `-`; two at least.
fn is_name(name: &str) -> bool {
    let follows = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    name.chars().count() > 1 && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(follows)
}

fn check_source(source: &Text, dialect: Dialect, mount: &mut Mount) {
    let Some(known) = source.known() else { return };
    if mount.error.is_some() {
        return;
    }
    // Compose looks for the volume's declaration, and no declared name is a bad one
    let by = if dialect == Dialect::Compose {
        Refuser::Client
    } else {
        Refuser::Engine
    };
    if mount.kind == MountKind::Bind {
        if dialect == Dialect::Docker && known.starts_with('~') {
            let why = "docker does not expand `~`, and takes the source for the name of a volume";
            mount.error = Some(
                Refused::new(by, why)
                    .at(source)
                    .instead("`$HOME`, which the shell fills in"),
            );
        }
    } else if dialect == Dialect::Podman {
        // one character is enough for podman's volumes
        if known.chars().count() != 1 && !is_name(&known) {
            mount.error = Some(bad_name(&known, by).at(source));
        }
    } else if !is_name(&known) {
        mount.error = Some(bad_name(&known, by).at(source));
    }
}

fn bad_name(name: &str, by: Refuser) -> Refused {
    if name.starts_with("~/") {
        let why = "the source is taken for the name of a volume, as `~` is not expanded here";
        Refused::new(by, why).instead("`$HOME`, which the shell fills in")
    } else if name.contains('/') {
        let why = "the source is taken as a volume's name, and such a name has no slash";
        Refused::new(by, why).instead(format!("`./{name}` for a path"))
    } else {
        let why = "the source is not a name that a volume can have";
        Refused::new(by, why).instead("a name has two characters at least: letters, digits, `_`, `.` and `-`")
    }
}

/// The groups of options of which an engine takes one at most.
fn group(option: &str, dialect: Dialect) -> Option<&'static str> {
    let group = match option {
        "ro" | "rw" => "access",
        "z" | "Z" => "label",
        "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => "propagation",
        "nocopy" => "copy",
        "rro" if dialect == Dialect::Nerdctl => "access",
        "bind" | "rbind" if matches!(dialect, Dialect::Podman | Dialect::Nerdctl) => "recursion",
        "cached" | "delegated" => "consistency",
        "consistent" if matches!(dialect, Dialect::Docker | Dialect::Compose) => "consistency",
        _ if dialect != Dialect::Podman => return None,
        "O" => "label",
        "unbindable" | "runbindable" => "propagation",
        "copy" => "copy",
        "exec" | "noexec" => "exec",
        "dev" | "nodev" => "dev",
        "suid" | "nosuid" => "suid",
        "U" => "owner",
        "no-dereference" => "links",
        "nocreate" => "creation",
        // common pkg/parse looks for these anywhere in the option, and for `idmap` at its start
        _ if option.contains("upperdir=") => "upper folder",
        _ if option.contains("workdir=") => "work folder",
        _ if option.starts_with("idmap") => "idmap",
        _ => return None,
    };
    Some(group)
}

fn read_options(mount: &mut Mount, dialect: Dialect) {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut error: Option<Refused> = None;
    // docker's client hands options on unread
    let by = if dialect == Dialect::Podman {
        Refuser::Client
    } else {
        Refuser::Engine
    };
    for option in &mount.options.clone() {
        let Some(known) = option.known() else {
            mount.labelling = Labelling::Impossible(OPEN);
            continue;
        };
        let word = known.as_ref();
        match group(word, dialect) {
            // Compose passes over what it does not know, nerdctl warns
            None if matches!(dialect, Dialect::Compose | Dialect::Nerdctl) => {
                if !word.is_empty() && dialect == Dialect::Compose {
                    mount.passed_over.push(option.clone());
                }
            }
            None if word.is_empty() => error = error.or(Some(Refused::new(by, "an option of the mount is empty"))),
            None => error = error.or(Some(no_option(word, dialect, by).at(option))),
            // podman drops these before it counts; idmap may be said twice
            Some("consistency" | "idmap") if dialect == Dialect::Podman => {}
            // of two labels nerdctl takes the last
            Some("label") if dialect == Dialect::Nerdctl => {}
            Some(group) if seen.contains(&group) && dialect != Dialect::Compose => {
                let why = format!("only one option about {group} can be given");
                error = error.or(Some(Refused::new(by, why).at(option)));
            }
            Some(group) => seen.push(group),
        }
        match word {
            "ro" | "rro" => mount.read_only = true,
            "rw" => mount.read_only = false,
            "z" | "Z" => {
                mount.relabel = if word == "z" { Relabel::Shared } else { Relabel::Private };
                mount.relabel_span = Some(option.span());
            }
            "O" if dialect == Dialect::Podman => mount.overlay = true,
            "U" if dialect == Dialect::Podman => mount.chown = true,
            _ if group(word, dialect) == Some("propagation") => mount.propagation = Some(word.to_owned()),
            _ => {}
        }
    }
    if dialect == Dialect::Podman && mount.overlay {
        let alone = mount.options.iter().all(|o| {
            let text = o.shown();
            text == "O" || text == "U" || text.contains("upperdir=") || text.contains("workdir=")
        });
        let folders = ["upper folder", "work folder"].map(|group| seen.contains(&group));
        if !alone || folders[0] != folders[1] {
            let why = "an overlay takes no other option but `U`, or an upper and a work folder together";
            error = error.or(Some(Refused::new(by, why)));
        }
    }
    if dialect == Dialect::Compose && mount.relabel != Relabel::None && mount.propagation.is_some() {
        mount.relabel = Relabel::None;
        mount.relabel_lost =
            Some("beside a propagation option, Compose passes the mount on in a form that has no label");
    }
    if mount.error.is_none() {
        mount.error = error;
    }
}

/// The options of a bind mount that each engine takes, for "did you mean".
const DOCKER_OPTIONS: &[&str] = &[
    "ro",
    "rw",
    "z",
    "Z",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "private",
    "rprivate",
    "nocopy",
    "cached",
    "consistent",
    "delegated",
];
const PODMAN_OPTIONS: &[&str] = &[
    "ro", "rw", "z", "Z", "O", "U", "shared", "rshared", "slave", "rslave", "private", "rprivate", "bind", "rbind",
    "exec", "noexec", "dev", "nodev", "suid", "nosuid", "copy", "nocopy", "idmap",
];

fn no_option(word: &str, dialect: Dialect, by: Refuser) -> Refused {
    let podman = dialect == Dialect::Podman;
    let engine = if podman { "podman" } else { "docker" };
    let refused = Refused::new(by, format!("{engine} knows no option `{word}` of a mount"));
    if !podman && PODMAN_OPTIONS.contains(&word) {
        return refused.instead(format!("`{word}` is podman's alone"));
    }
    refused.among(word, if podman { PODMAN_OPTIONS } else { DOCKER_OPTIONS })
}
