//! `known-password`: an account of the image has a password that everybody can read, or none.

use crate::container::{Grant, GrantKind, Written};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::shortened;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    scene.container.grants.iter().filter_map(finding).collect()
}

fn finding(grant: &Written<Grant>) -> Option<Finding> {
    let GrantKind::KnownPassword { none } = grant.value.kind else {
        return None;
    };
    let account = shortened(&grant.value.subject);
    let (message, label) = match none {
        true => (
            format!("anyone can become `{account}` in the container: it has no password"),
            "set to none here",
        ),
        false => (
            format!("anyone who can read this file or the image knows the password of `{account}`"),
            "set here",
        ),
    };
    let mut finding = Finding::new("known-password", message, Label::new(&grant.place, label));
    finding
        .notes
        .push("it counts wherever a password is asked for: `su`, `sudo`, an ssh server".to_owned());
    finding.helps.push(
        "leave the account without a login, use keys for ssh, or set the password when the container starts, from a \
         secret"
            .to_owned(),
    );
    Some(finding)
}
