//! `unused-image-user`: the image makes an account, and starts as root all the same.

use crate::container::{Container, Key, Stage, Syntax};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::bases::User;

use super::Scene;
use super::common::shortened;
use super::root_image::{base, hands_off, only_account};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some((stage, account)) = unused(container) else {
        return Vec::new();
    };
    let name = shortened(&account);
    let Some(made) = stage.accounts.first() else {
        return Vec::new();
    };
    let mut finding = Finding::new(
        "unused-image-user",
        format!("the image creates the account `{name}`, and starts as root: no `USER` names it"),
        Label::new(&made.place, "made here"),
    );
    finding.missing = Some(Key::User);
    finding
        .notes
        .push("without `USER` the base image decides, and this one starts as root".to_owned());
    finding.fixes.push(Fix {
        title: format!("run as `{name}`"),
        safety: Safety::Unsafe,
        changes: vec![Change::Add(Key::User, account)],
    });
    vec![finding]
}

/// The one account that an image makes and does not start as, where its base is known to start as root
/// and nothing becomes another user later.
pub(super) fn unused(container: &Container) -> Option<(&Stage, String)> {
    let stage = container
        .stage
        .as_deref()
        .filter(|_| container.syntax == Syntax::Image)?;
    let base = base(container);
    let root = base.as_ref().is_some_and(|base| base.user == User::Root);
    if container.user.is_some() || stage.windows || !root || hands_off(container, base.as_ref()) {
        return None;
    }
    Some((stage, only_account(stage)?))
}
