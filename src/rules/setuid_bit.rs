//! `setuid-bit`: a file of the image runs as its owner.

use crate::container::{Grant, GrantKind, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::files;

/// Fixes that are offered in one image: each is proven by a reading of its own.
const MOST_FIXES: usize = 8;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let mut found: Vec<Finding> = scene.container.grants.iter().filter_map(finding).collect();
    for one in found.iter_mut().skip(MOST_FIXES) {
        one.fixes.clear();
    }
    found
}

fn finding(grant: &Written<Grant>) -> Option<Finding> {
    let GrantKind::SetuidBit { without, group_only } = &grant.value.kind else {
        return None;
    };
    let file = files(&grant.value.subject);
    let (rights, bit) = match group_only {
        true => ("with the rights of its group", "the set-GID bit"),
        false => ("as its owner, usually root", "the set-UID bit"),
    };
    let message = format!("whoever runs {file} in the image runs it {rights}");
    let mut finding = Finding::new("setuid-bit", message, Label::new(&grant.place, bit));
    finding
        .notes
        .push("it has no effect where the container runs with `no-new-privileges`".to_owned());
    finding.helps.push(
        "do what needs root in build steps that run as root, or start as root and switch to another user with `gosu` or `setpriv`"
            .to_owned(),
    );
    if let Some(mode) = without {
        finding.fixes.push(Fix {
            title: "set the mode without the bit".to_owned(),
            safety: Safety::Unsafe,
            changes: vec![Change::Replace(grant.place.clone(), mode.clone())],
        });
    }
    Some(finding)
}
