//! `private-label-on-shared-mount`: `Z` on a directory that another container mounts too.

use crate::container::Relabel;
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::paths::HostPath;

use super::Scene;
use super::common::{selinux_note, who};
use super::labels::mounted_too;
use super::relabel::{asked, asks_for_both};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
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
        if asked.mount.value.relabel != Relabel::Private || never || conflict {
            continue;
        }
        let is_it = |index: usize| {
            container
                .mounts
                .get(index)
                .is_some_and(|m| m.place.same(&asked.mount.place))
        };
        let others: Vec<_> = scene
            .neighbours
            .iter()
            .filter(|n| is_it(n.mount) && !n.same_pod)
            .collect();
        let source = &asked.source;
        let message = match others.first() {
            Some(other) if format!("`{}`", other.container) == who(container) => {
                format!(
                    "two containers of {} take `{source}` from each other: the last to start has it",
                    who(container)
                )
            }
            Some(other) => format!(
                "{} and `{}` take `{source}` from each other: the last to start has it",
                who(container),
                other.container
            ),
            None if container.replicas > 1 => {
                format!(
                    "the {} copies of {} take `{source}` from each other: the last to start has it",
                    container.replicas,
                    who(container)
                )
            }
            None => continue,
        };
        let label = Label::new(&asked.mount.place, "`Z` labels it for one container alone");
        let mut finding = Finding::new("private-label-on-shared-mount", message, label);
        mounted_too(others.into_iter(), &mut finding);
        finding.notes.push(selinux_note(scene));
        finding.fixes.push(Fix {
            title: "give it a label that all containers share".to_owned(),
            safety: Safety::Safe,
            changes: vec![Change::Relabel(asked.mount.place.clone(), Relabel::Shared)],
        });
        findings.push(finding);
    }
    findings
}
