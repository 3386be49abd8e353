//! `passwordless-sudo`: an account of the image becomes root without being asked for anything.

use crate::container::{Grant, GrantKind, Written};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::shortened;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    scene.container.grants.iter().filter_map(finding).collect()
}

fn finding(grant: &Written<Grant>) -> Option<Finding> {
    let who = shortened(&grant.value.subject);
    let (message, label) = match &grant.value.kind {
        GrantKind::PasswordlessSudo => (
            format!("`{who}` can run commands as root in the container, and is not asked for a password"),
            "no password".to_owned(),
        ),
        GrantKind::GroupMembership(group) => {
            let leads = match group.as_str() {
                "docker" | "lxd" => "commands the engine of the host wherever its socket is mounted",
                "disk" => "reads and writes every disk that the container is given",
                _ => "may become root in the container",
            };
            (
                format!("`{who}` {leads}, by the group `{group}`"),
                format!("joins `{group}`"),
            )
        }
        _ => return None,
    };
    let mut finding = Finding::new("passwordless-sudo", message, Label::new(&grant.place, label));
    finding.helps.push(
        "do what needs root in the build, before `USER`; where something must be root at the start, start as root and become the account with `gosu` or `setpriv`".to_owned(),
    );
    Some(finding)
}
