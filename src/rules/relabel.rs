//! What the rules about label requests share: which mounts ask for one, and of what.

use crate::container::{Mount, Relabel, Written};
use crate::fix::{Change, Fix, Safety};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::shortened;

/// A mount whose files the engine is asked to relabel.
pub(super) struct Asked<'a> {
    pub mount: &'a Written<Mount>,
    /// Its index among the mounts.
    pub index: usize,
    /// What its source is.
    pub path: HostPath,
    /// The source, as messages name it.
    pub source: String,
}

/// The bind mounts that ask for a label, where the host is taken for an SELinux host.
pub(super) fn asked<'a>(scene: &Scene<'a>) -> Vec<Asked<'a>> {
    if !scene.selinux.on {
        return Vec::new();
    }
    let mounts = scene.container.mounts.iter().enumerate();
    mounts
        .filter(|(_, w)| w.value.is_bind() && w.value.relabel != Relabel::None && !w.value.overlay)
        .filter_map(|(index, mount)| {
            let source = mount.value.source.as_ref()?;
            Some(Asked {
                mount,
                index,
                path: paths::of_mount(&mount.value)?,
                source: shortened(&source.shown()),
            })
        })
        .collect()
}

/// True for `z` and `Z` at once, which the engines refuse.
pub(super) fn asks_for_both(mount: &Mount) -> bool {
    let says = |letter: &str| mount.options.iter().any(|o| o.is(letter));
    says("z") && says("Z")
}

/// `z` or `Z`.
pub(super) fn letter(mount: &Mount) -> &'static str {
    match mount.relabel {
        Relabel::Private => "Z",
        _ => "z",
    }
}

/// Takes the request away.
pub(super) fn without(mount: &Written<Mount>, more: Option<Change>) -> Fix {
    let mut changes = vec![Change::Relabel(mount.place.clone(), Relabel::None)];
    let title = match &more {
        Some(_) => "leave the label as it is, and turn SELinux off for this container",
        None => "leave the label as it is",
    };
    changes.extend(more);
    Fix {
        title: title.to_owned(),
        safety: Safety::Unsafe,
        changes,
    }
}
