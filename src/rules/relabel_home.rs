//! `relabel-home`: a label request on a home directory, or on keys in one.

use crate::container::Key;
use crate::fix::{Change, Finding, Label};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::{security_option, selinux_note, who};
use super::relabel::{asked, letter, without};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for asked in asked(scene) {
        let (loses, label) = match asked.path {
            HostPath::Home => ("ssh logins and every service of the user", "a whole home directory"),
            HostPath::HomeShared => ("the user's other programs", "shared by many programs"),
            HostPath::HomeSecret => ("ssh and the other programs that guard them", "keys and credentials"),
            _ => continue,
        };
        let source = &asked.source;
        let refused = asked.mount.value.path();
        let refused = refused.is_some_and(|s| paths::is_refused_home(s, container.engine));
        let message = match refused {
            true => format!(
                "{} does not start on an SELinux host: the engine refuses to relabel `{source}`",
                who(container)
            ),
            false => format!("{} takes `{source}` away from {loses}", who(container)),
        };
        let mut finding = Finding::new("relabel-home", message, Label::new(&asked.mount.place, label));
        finding.notes.push(match refused {
            true => "the engines refuse `/root` and the home of whoever runs them, but no directory below (go-selinux selinux_linux.go, Chcon)".to_owned(),
            false => format!(
                "`{}` changes the label of every file below it; only `restorecon -R` brings them back",
                letter(&asked.mount.value)
            ),
        });
        finding
            .notes
            .push("podman's manual advises `label=disable` for home directories (podman-run, --volume)".to_owned());
        finding.notes.push(selinux_note(scene));
        finding
            .helps
            .push("a directory below it that only this container uses may be relabelled".to_owned());
        let disabled = security_option(container, "label", "disable").is_some();
        let more = (!disabled).then(|| Change::Add(Key::SecurityOpt, "label=disable".to_owned()));
        finding.fixes.push(without(asked.mount, more));
        findings.push(finding);
    }
    findings
}
