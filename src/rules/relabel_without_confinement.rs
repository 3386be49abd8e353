//! `relabel-without-confinement`: a label request by a container that SELinux does not confine.

use crate::container::Relabel;
use crate::fix::{Change, Finding, Fix, Label, Refusal, Safety};
use crate::knowledge::paths::HostPath;

use super::common::{is_privileged, selinux_note, who};
use super::relabel::{asked, letter};
use super::{NeighbourMount, Scene};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // a privileged container gets back its confinement, and then needs the label
    let Some(why) = container.selinux().why.filter(|_| !is_privileged(container)) else {
        return Vec::new();
    };
    // a type is the process's alone: the label of its mounts stays as it is (go-selinux, InitLabels)
    if why.starts_with("label=type:") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for asked in asked(scene) {
        let own = matches!(
            asked.path,
            HostPath::Project
                | HostPath::ProjectItself
                | HostPath::CallersFolder
                | HostPath::AboveProject
                | HostPath::BelowHome
                | HostPath::Elsewhere
        );
        if !own {
            continue;
        }
        let letter = letter(&asked.mount.value);
        // a label that all share is of use to the other container, and harms nobody
        let here = &asked.mount.place;
        let elsewhere = |n: &NeighbourMount| {
            let at = n.place.as_ref().map(|p| (p.file, p.span));
            at != Some((here.file, here.value))
        };
        let at = scene.mounts_at(here).iter();
        let other = at.flat_map(|&index| scene.neighbours_of(index)).find(|n| elsewhere(n));
        if letter == "z" && other.is_some() {
            continue;
        }
        let loses = match letter {
            "Z" => "takes it away from every container that is confined",
            _ => "does nothing for it",
        };
        let message = format!(
            "SELinux does not confine {}, so `{letter}` on `{}` {loses}",
            who(container),
            asked.source
        );
        let mut finding = Finding::new(
            "relabel-without-confinement",
            message,
            Label::new(&asked.mount.place, format!("asks for a label, next to `{why}`")),
        );
        finding.notes.push("the private label of an unconfined container is one that no confined container is ever given (go-selinux label_linux.go)".to_owned());
        finding.notes.push(selinux_note(scene));
        // one remedy, not two that undo each other: the container is to be confined, and keeps the label
        let by_option = why == "label=disable" && super::label_disabled::check(scene).is_empty();
        if !by_option {
            findings.push(finding);
            continue;
        }
        match other {
            Some(other) => {
                finding.refused = Some(Refusal(format!(
                    "`{}` may rely on the label ({})",
                    other.container, other.at
                )))
            }
            None => finding.fixes.push(Fix {
                title: "leave the label as it is".to_owned(),
                safety: Safety::Unsafe,
                changes: vec![Change::Relabel(asked.mount.place.clone(), Relabel::None)],
            }),
        }
        findings.push(finding);
    }
    findings
}
