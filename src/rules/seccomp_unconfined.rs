//! `seccomp-unconfined`: no filter of system calls.

use crate::container::Tri;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{security_option, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // a privileged container has no profile either way, as `privileged` says
    if container.privileged() == Tri::Yes {
        return Vec::new();
    }
    let Some(option) = security_option(container, "seccomp", "unconfined") else {
        return Vec::new();
    };
    let verb = if option.certain { "can" } else { "may" };
    let mut finding = Finding::new(
        "seccomp-unconfined",
        format!(
            "{} {verb} make every system call, including those that kernel exploits use",
            who(container)
        ),
        Label::new(&option.place, "no filter of system calls"),
    );
    finding.notes.push(
        "the default profiles of docker and podman allow what programs use, including `ptrace` since kernel 4.8"
            .to_owned(),
    );
    finding.helps.push(
        "if one call is missing, write a profile that adds it, and name its file: `seccomp=profile.json`".to_owned(),
    );
    finding.fixes.push(Fix {
        title: "use the engine's default filter".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(option.place.clone())],
    });
    vec![finding]
}
