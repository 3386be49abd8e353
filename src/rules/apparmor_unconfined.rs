//! `apparmor-unconfined`: no AppArmor profile.

use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{security_option, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(option) = security_option(container, "apparmor", "unconfined") else {
        return Vec::new();
    };
    let message = format!(
        "AppArmor does not keep {} from mounting, tracing, or writing to /proc and /sys",
        who(container)
    );
    let mut finding = Finding::new("apparmor-unconfined", message, Label::new(&option.place, "no profile"));
    finding
        .notes
        .push("only hosts with AppArmor are concerned: Debian, Ubuntu, SUSE".to_owned());
    finding.helps.push(
        "if it has to mount, write a profile that allows that, load it on the host, and name it: `apparmor=NAME`"
            .to_owned(),
    );
    finding.fixes.push(Fix {
        title: "use the engine's profile".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(option.place.clone())],
    });
    vec![finding]
}
