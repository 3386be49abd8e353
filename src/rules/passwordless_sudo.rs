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
            format!("`{who}` can run commands as root in the container without a password"),
            "no password".to_owned(),
        ),
        GrantKind::GroupMembership(group) => {
            let leads = match group.as_str() {
                "docker" | "lxd" => "can control the host's engine wherever its socket is mounted",
                "disk" => "can read and write every disk that the container is given",
                _ => "may become root in the container",
            };
            (
                format!("`{who}` {leads}, as a member of the group `{group}`"),
                format!("joins `{group}`"),
            )
        }
        _ => return None,
    };
    let mut finding = Finding::new("passwordless-sudo", message, Label::new(&grant.place, label));
    finding.helps.push(
        "do what needs root in build steps, which run as root unless `USER` says otherwise; if something needs root when the container starts, start as root and switch to the account with `gosu` or `setpriv`".to_owned(),
    );
    Some(finding)
}
