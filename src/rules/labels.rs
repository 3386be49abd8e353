//! Whether a mount lacks an SELinux label, and which one it could be given.

use crate::container::{Labelling, Mount, Relabel, Text, Written};
use crate::fix::{Change, Safety};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;

/// A bind mount without a label, which SELinux would keep from a confined container.
pub(super) struct Unlabelled<'a> {
    /// The mount.
    pub mount: &'a Written<Mount>,
    /// What can be done.
    pub remedy: Remedy,
}

/// What can be done about a mount without a label.
pub(super) enum Remedy {
    /// Ask for a label.
    Relabel(Relabel, Safety),
    /// The reader decides; why, in lower case without a full stop.
    Decide(String),
}

impl Unlabelled<'_> {
    /// The change that mends it.
    pub(super) fn change(&self) -> Option<(Change, Safety)> {
        match self.remedy {
            Remedy::Relabel(relabel, safety) => Some((Change::Relabel(self.mount.place.clone(), relabel), safety)),
            Remedy::Decide(_) => None,
        }
    }

    /// The host path as written.
    pub(super) fn source(&self) -> String {
        super::common::shortened(&self.mount.value.source.as_ref().map(Text::shown).unwrap_or_default())
    }
}

/// The mounts of a container that carry no label and could, whether or not it is confined now.
pub(super) fn unlabelled<'a>(scene: &Scene<'a>) -> Vec<Unlabelled<'a>> {
    let mounts = scene.container.mounts.iter().enumerate();
    mounts.filter_map(|(index, mount)| judge(scene, index, mount)).collect()
}

fn judge<'a>(scene: &Scene<'a>, index: usize, written: &'a Written<Mount>) -> Option<Unlabelled<'a>> {
    let mount = &written.value;
    if !mount.is_bind() || mount.relabel != Relabel::None || mount.overlay || mount.error.is_some() {
        return None;
    }
    let source = mount.source.as_ref()?;
    let remedy = match paths::classify(source) {
        HostPath::Project => Remedy::Relabel(shared_or_private(scene, index), Safety::Safe),
        HostPath::ProjectItself => Remedy::Relabel(Relabel::Shared, Safety::Safe),
        HostPath::AboveProject | HostPath::BelowHome => {
            Remedy::Relabel(shared_or_private(scene, index), Safety::Unsafe)
        }
        // the policy lets containers read most of /etc
        HostPath::Elsewhere if paths::is_below(source, "/etc") => return None,
        HostPath::Elsewhere if paths::is_below(source, "/var") || paths::is_below(source, "/run") => Remedy::Decide(
            "other services of the host may use the directory, and a label for containers would take it from them"
                .to_owned(),
        ),
        HostPath::Elsewhere => Remedy::Relabel(shared_or_private(scene, index), Safety::Unsafe),
        HostPath::Unknown if names_a_path(source) => Remedy::Decide(unknown(source)),
        _ => return None,
    };
    let remedy = match remedy {
        Remedy::Relabel(..) if paths::has_unknown_part(source) => Remedy::Decide(unknown(source)),
        Remedy::Relabel(..) => match (mount.relabel_lost, mount.labelling) {
            (Some(why), _) => Remedy::Decide(why.to_owned()),
            (None, Labelling::Impossible(why)) => Remedy::Decide(why.to_owned()),
            _ => remedy,
        },
        decide => decide,
    };
    Some(Unlabelled { mount: written, remedy })
}

/// `Z` for a directory of one container, `z` where others mount it too.
fn shared_or_private(scene: &Scene, index: usize) -> Relabel {
    let others = scene.neighbours.iter().any(|n| n.mount == index && !n.same_pod);
    if others || scene.container.replicas > 1 {
        Relabel::Shared
    } else {
        Relabel::Private
    }
}

fn unknown(source: &Text) -> String {
    format!(
        "where `{}` leads is only known when it runs",
        super::common::shortened(&source.shown())
    )
}

/// True for a variable that a path follows, `$DATA/x`; a lone `$DATA` may be the name of a volume.
fn names_a_path(source: &Text) -> bool {
    source.leading_hole().is_some() && source.pieces().iter().any(|p| !p.is_hole() && p.text.starts_with('/'))
}
