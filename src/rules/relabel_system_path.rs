//! `relabel-system-path`: a label request on files of the operating system.

use crate::container::Key;
use crate::fix::{Finding, Label};
use crate::knowledge::paths::HostPath;

use super::Scene;
use super::common::{selinux_note, spelled, who};
use super::relabel::{asked, letter, without};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for asked in asked(scene) {
        let source = &asked.source;
        let (message, label) = match asked.path {
            HostPath::Refused => (
                format!(
                    "{} does not start on an SELinux host: the engine refuses to relabel `{source}`",
                    who(container)
                ),
                "one of the 24 paths that the engines refuse".to_owned(),
            ),
            HostPath::System(why) => (
                format!(
                    "{} takes `{source}` away from the host: its files get a label for containers",
                    who(container)
                ),
                why.to_owned(),
            ),
            _ => continue,
        };
        let mut finding = Finding::new("relabel-system-path", message, Label::new(&asked.mount.place, label));
        if matches!(asked.path, HostPath::System(_)) {
            finding.notes.push(format!(
                "`{}` changes every file below it, at every start, also through `:ro`; only `restorecon -R` brings the labels back",
                letter(&asked.mount.value)
            ));
        }
        finding.notes.push(selinux_note(scene));
        finding.helps.push(format!(
            "if the container then cannot read it: a copy in the project, a named volume, or {}",
            spelled(container, Key::SecurityOpt, "label=disable")
        ));
        finding.fixes.push(without(asked.mount, None));
        findings.push(finding);
    }
    findings
}
