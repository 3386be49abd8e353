//! `sudo-in-image`: an image that has `sudo`, or whose steps use it.

use crate::container::{Container, Grant, GrantKind, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::shortened;

/// Other places that one finding shows.
const MOST_RELATED: usize = 6;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let is_use = |w: &&Written<Grant>| matches!(w.value.kind, GrantKind::SudoUsed { .. });
    let used: Vec<&Written<Grant>> = scene.container.grants.iter().filter(is_use).collect();
    let installed = scene
        .container
        .grants
        .iter()
        .find(|w| w.value.kind == GrantKind::SudoInstalled);
    let needless = used
        .iter()
        .all(|w| w.value.kind == GrantKind::SudoUsed { needless: true });
    let (message, at, label) = match (installed, used.first()) {
        (Some(installed), _) => (
            match allowed(scene.container) {
                true => "the image installs `sudo`, with which an ordinary account can become root again".to_owned(),
                false => "the image installs `sudo`, with which any account that is allowed to use it becomes root"
                    .to_owned(),
            },
            installed,
            "installed here".to_owned(),
        ),
        (None, Some(first)) if needless => (
            "this step runs as root already and needs no `sudo`".to_owned(),
            *first,
            format!("`{}` runs as root without it", shortened(&first.value.subject)),
        ),
        (None, Some(first)) => (
            "the account of this step becomes root with `sudo`, and can do so in the container too".to_owned(),
            *first,
            "used here".to_owned(),
        ),
        (None, None) => return Vec::new(),
    };
    let mut finding = Finding::new("sudo-in-image", message, Label::new(&at.place, label));
    let others = used.iter().filter(|w| !w.place.same(&at.place));
    let related = others.map(|w| Label::new(&w.place, "used here"));
    finding.related.extend(related.take(MOST_RELATED));
    if installed.is_none() && needless {
        finding.fixes.push(Fix {
            title: "run it without `sudo`".to_owned(),
            safety: Safety::Unsafe,
            changes: used.iter().map(|w| Change::Remove(w.place.clone())).collect(),
        });
        finding
            .notes
            .push("`sudo` also resets the environment, so the command may see more variables without it".to_owned());
    } else {
        finding.helps.push(
            "build steps run as root unless `USER` says otherwise: put those that need root before `USER`, or between `USER root` and the next `USER`".to_owned(),
        );
    }
    vec![finding]
}

/// True where a step lets an account use it.
fn allowed(container: &Container) -> bool {
    container.grants.iter().any(|w| match &w.value.kind {
        GrantKind::PasswordlessSudo => true,
        GrantKind::GroupMembership(group) => matches!(group.as_str(), "sudo" | "wheel" | "admin"),
        _ => false,
    })
}
