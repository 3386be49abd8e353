//! `missing-no-new-privileges`: set-user-id programs still work.

use crate::container::Key;
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{has_security_option, image, is_fragment, is_privileged, listed, spelled, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let sayable = container.syntax.is_launch() && container.can_say(Key::SecurityOpt);
    let said = has_security_option(container, "no-new-privileges");
    if !sayable || said || container.may_hide(Key::SecurityOpt) || is_privileged(container) || is_fragment(container) {
        return Vec::new();
    }
    let message = format!(
        "a process in {} can become root again through a set-UID program",
        who(container)
    );
    let says = spelled(container, Key::SecurityOpt, "no-new-privileges=true");
    let mut finding = Finding::new(
        "missing-no-new-privileges",
        message,
        Label::new(&container.place(), format!("nothing here says {says}")),
    );
    finding.missing = Some(Key::SecurityOpt);
    let carried = needs(container)
        .map(|n| n.entry.file_capabilities.clone())
        .unwrap_or_default();
    if carried.is_empty() {
        finding.notes.push(
            "sudo, su and ping with file capabilities stop working; gosu, su-exec and setpriv keep working".to_owned(),
        );
        finding.fixes.push(Fix {
            title: "keep its processes from gaining privileges".to_owned(),
            safety: Safety::Unsafe,
            changes: vec![Change::Add(Key::SecurityOpt, "no-new-privileges=true".to_owned())],
        });
    } else {
        finding.notes.push(format!(
            "the program of {} carries {}, which it would lose as an ordinary user",
            image(container),
            listed(&carried)
        ));
    }
    vec![finding]
}
