//! Whether a launch may take a path through an image's start-up. A path counts unless the text proves
//! that it is not taken.

mod ports;

use crate::container::{Container, Engine, Key, Mount, MountKind, Text, Written};

use super::condition::Condition;
use super::glob;
use super::image_name::{ImageName, Tag};
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
            Condition::LowPort => ports::low(container, entry),
            Condition::Env(name, value) => counts_if(may_be_set(container, name, value.as_deref())),
            Condition::Port(port) => counts_if(ports::may_be_reached(container, *port)),
            Condition::Device(pattern) => {
                let mut devices = container.devices.iter().map(|d| d.value.shown());
                let fits = |d: String| glob::fits(pattern, d.split(':').next().unwrap_or(""));
                counts_if(devices.any(fits) || container.may_hide(Key::Device))
            }
            Condition::Command(word) => {
                let first = container.command.first();
                let other = first.and_then(Text::known).is_some_and(|known| known != *word);
                let none = first.is_none() && !container.may_hide(Key::Command);
                counts_if(!other && !none)
            }
            Condition::Word(word) => {
                let is_it = |said: &Text| said.known().is_none_or(|said| said == *word);
                counts_if(container.may_hide(Key::Command) || container.command.iter().any(is_it))
            }
            Condition::Mount(path) => counts_if(may_be_mounted(container, path)),
            Condition::Tag(pattern) => match &image.tag {
                Tag::Known(tag) => counts_if(glob::fits(pattern, tag)),
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
    // a tmpfs is made for root, unless it says for whom
    let owned = |mount: &Mount| {
        mount.options.iter().any(|o| {
            !matches!(
                o.known_prefix().split('=').next(),
                Some("size" | "rw" | "ro" | "exec" | "noexec" | "suid" | "nosuid" | "dev" | "nodev")
            )
        })
    };
    let brought = |w: &&Written<Mount>| w.value.kind != MountKind::Tmpfs || owned(&w.value);
    let mut mounts = container.mounts.iter().filter(brought).peekable();
    if mounts.peek().is_none() {
        return Verdict::RuledOut(None);
    }
    let rootless = container.engine == Engine::Podman && container.rootless;
    // root's own home, which no other caller enters
    let is_roots = |source: &Text| source.known_prefix().split('/').nth(1) == Some("root");
    let callers =
        |w: &Written<Mount>| w.value.is_bind() && !w.value.chown && !w.value.source.as_ref().is_some_and(is_roots);
    if rootless && container.around.given_away.is_none() && mounts.all(callers) {
        return Verdict::RuledOut(Some(
            "is not needed for the mounts: with rootless podman, root in the container is the user who runs it"
                .to_owned(),
        ));
    }
    Verdict::Counts
}

/// Whether something may be mounted at a path, above it or below, or the command names a file that is
/// mounted: `nginx -c /conf/nginx.conf`.
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
    container.may_hide(Key::Mount)
        || !container.volumes_from.is_empty()
        || container.mounts.iter().any(meets)
        || container.command.iter().any(|word| names_a_mount(container, word))
}

/// Whether a word names something that is mounted, or may.
fn names_a_mount(container: &Container, word: &Text) -> bool {
    let Some(word) = word.known() else {
        return !container.mounts.is_empty();
    };
    let mut targets = container.mounts.iter().filter_map(|w| w.value.target.as_ref()?.known());
    targets.any(|target| target.len() > 1 && word.contains(target.trim_end_matches('/')))
}

/// Whether the variable may be set, and to the value. podman takes every variable that begins so for
/// `NAME*` (podman pkg/env/env.go), and a word without a value has the one of whoever runs it.
fn may_be_set(container: &Container, name: &str, value: Option<&str>) -> bool {
    if container.open_environment || container.may_hide(Key::Other) {
        return true;
    }
    container.environment.iter().any(|entry| {
        let Some(text) = entry.value.known() else {
            let known = entry.value.known_prefix();
            return known.split_once('=').is_none_or(|(key, _)| key == name);
        };
        match (text.split_once('='), value) {
            (Some((key, set)), Some(value)) => key == name && set == value,
            (Some((key, _)), None) => key == name,
            (None, _) => text == name || text.strip_suffix('*').is_some_and(|start| name.starts_with(start)),
        }
    })
}
