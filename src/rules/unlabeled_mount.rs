//! `unlabeled-mount`: SELinux keeps a bind mount from the container.

use crate::container::{Key, Relabel, Syntax};
use crate::fix::{Finding, Fix, Label, Refusal, Safety};

use super::Scene;
use super::common::{is_privileged, selinux_note, shortened, who};
use super::labels::{Remedy, is_unconfined_by_namespace, mounted_too, unlabelled};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // a pod's mounts are those of its containers
    let pod = container.syntax == Syntax::Pod;
    if !scene.selinux.on
        || !(container.syntax.is_launch() || pod)
        || (pod && is_unconfined_by_namespace(container))
        || is_privileged(container)
        || container.selinux().why.is_some()
    {
        return Vec::new();
    }
    // what cannot be read may switch SELinux off, and then a label would do harm
    let hidden = |key| container.may_hide(key);
    let confined = !hidden(Key::Privileged) && !hidden(Key::SecurityOpt);
    let mut findings = Vec::new();
    // a variable behind the target may hold a label already
    let lacking = unlabelled(scene).into_iter();
    for lacking in lacking.filter(|l| !l.mount.value.may_be_labelled()) {
        let mount = &lacking.mount.value;
        let target = mount.target.as_ref().map(|t| shortened(&t.shown())).unwrap_or_default();
        let deed = if mount.read_only { "read" } else { "read or write" };
        let certain = confined && lacking.mount.certain && scene.selinux.sure;
        let verb = if certain { "does not" } else { "may not" };
        let mut finding = Finding::new(
            "unlabeled-mount",
            format!("SELinux {verb} let {} {deed} `{target}`", who(container)),
            Label::new(&lacking.mount.place, "the files keep the label that the host gave them"),
        );
        finding.notes.push(selinux_note(scene));
        finding.notes.extend(lacking.caveat.map(str::to_owned));
        match &lacking.remedy {
            Remedy::Relabel(relabel, safety) => finding.fixes.push(Fix {
                title: title(*relabel, pod).to_owned(),
                // who else mounts what a pod mounts is not followed
                safety: if confined && !pod { *safety } else { Safety::Unsafe },
                changes: lacking.change().into_iter().map(|(change, _)| change).collect(),
            }),
            Remedy::Decide(decision) => {
                finding.refused = Some(Refusal(decision.why.clone()));
                finding.helps.push(decision.help.clone());
            }
        }
        let at = scene.mounts_at(&lacking.mount.place).iter();
        let others = at.flat_map(|&index| scene.neighbours_of(index));
        mounted_too(others, &mut finding);
        findings.push(finding);
    }
    findings
}

fn title(relabel: Relabel, pod: bool) -> &'static str {
    match relabel {
        Relabel::Private if pod => "give the files a label of this pod alone",
        Relabel::Private => "label the files for this container alone",
        _ => "label the files for all containers",
    }
}
