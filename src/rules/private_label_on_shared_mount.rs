//! `private-label-on-shared-mount`: `Z` on a directory that another container mounts too.

use crate::container::{Mount, Place, Relabel, Text, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::paths::HostPath;

use super::common::{is_privileged, selinux_note, who};
use super::labels::mounted_too;
use super::relabel::{asked, asks_for_both};
use super::sharing::is_started_together;
use super::{NeighbourMount, Scene};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // without confinement its own `Z` is another mistake
    if container.selinux().why.is_some() && !is_privileged(container) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for asked in asked(scene) {
        let never = matches!(
            asked.path,
            HostPath::System(_)
                | HostPath::Refused
                | HostPath::Home
                | HostPath::HomeShared
                | HostPath::HomeSecret
                | HostPath::Socket
                | HostPath::Device
        );
        // `z` beside it: the container does not start, as relabel-conflict says
        let conflict = asks_for_both(&asked.mount.value);
        // nobody mounts `/path/to/data`: whoever takes the file up writes a path of their own
        let placeholder = asked.source.starts_with("/path/to/");
        if asked.mount.value.relabel != Relabel::Private || never || conflict || placeholder {
            continue;
        }
        let others: Vec<_> = scene
            .neighbours_of(asked.index)
            .filter(|n| n.takes_away() && !n.documented && !n.varying)
            .collect();
        // the container that comes first tells of both, unless both have it from one place
        let here = &asked.mount.place;
        let apart = |n: &NeighbourMount| {
            let there = n.place.as_ref();
            there.is_some_and(|there| (there.file, there.span) != (here.file, here.value))
        };
        if others
            .iter()
            .any(|n| n.comes_first && n.other.relabel == Relabel::Private && apart(n))
        {
            continue;
        }
        let source = &asked.source;
        let together = is_started_together(scene, asked.index);
        let message = match others.first() {
            Some(other) if format!("`{}`", other.container) == who(container) => {
                format!(
                    "two containers of {} both mount `{source}` with `:Z`; whichever starts last locks the other out",
                    who(container)
                )
            }
            Some(other) if other.other.relabel != Relabel::Private => format!(
                "{} mounts `{source}` with `:Z`, which locks `{}` out of it",
                who(container),
                other.container
            ),
            Some(other) if !is_same(source, &other.other) => format!(
                "{} mounts `{source}` and `{}` mounts `{}`, each with `:Z`; whichever starts last locks the other out",
                who(container),
                other.container,
                other.other.source.as_ref().map(Text::shown).unwrap_or_default()
            ),
            Some(other) => format!(
                "{} and `{}` both mount `{source}` with `:Z`; whichever starts last locks the other out",
                who(container),
                other.container
            ),
            None if together && container.replicas > 1 => {
                format!(
                    "the {} copies of {} all mount `{source}` with `:Z`; whichever starts last locks the others out",
                    container.replicas,
                    who(container)
                )
            }
            None if together => format!(
                "the containers that this starts from {} all mount `{source}` with `:Z`; whichever starts last locks the others out",
                who(container)
            ),
            None => continue,
        };
        let label = Label::new(&asked.mount.place, "`Z` labels it for one container alone");
        let mut finding = Finding::new("private-label-on-shared-mount", message, label);
        mounted_too(others.iter().copied(), &mut finding);
        finding.notes.push(selinux_note(scene));
        finding.fixes.push(Fix {
            title: "label it for all containers".to_owned(),
            safety: Safety::Safe,
            changes: relabelled(asked.mount, &others),
        });
        findings.push(finding);
    }
    findings
}

/// True where the other mount is of the same path, as far as their last names tell.
fn is_same(source: &str, other: &Mount) -> bool {
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    other
        .source
        .as_ref()
        .is_none_or(|there| last(&there.shown()) == last(source))
}

/// The same label for all that ask for one of their own in this file.
fn relabelled(mount: &Written<Mount>, others: &[&NeighbourMount]) -> Vec<Change> {
    let mut places = vec![mount.place.clone()];
    for other in others.iter().filter(|n| n.other.relabel == Relabel::Private) {
        let Some(label) = &other.place else { continue };
        let place = Place {
            file: label.file,
            value: label.span,
            entry: label.span,
            via: Vec::new(),
        };
        if !places.iter().any(|p| p.same(&place)) {
            places.push(place);
        }
    }
    places
        .into_iter()
        .map(|place| Change::Relabel(place, Relabel::Shared))
        .collect()
}
