//! `unset-image-user`: the image leaves its user to a base image that starts as root.

use crate::container::{Key, Syntax};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::bases::User;

use super::Scene;
use super::common::shortened;
use super::root_image::{base, hands_off, only_account, says};
use super::unused_image_user::unused;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(stage) = container.stage.as_deref().filter(|_| container.syntax == Syntax::Image) else {
        return Vec::new();
    };
    // said by `unused-image-user`
    if unused(container).is_some() {
        return Vec::new();
    }
    let base = base(container);
    let ordinary = base.as_ref().is_some_and(|base| matches!(base.user, User::Ordinary(_)));
    let said = container.user.is_some() || stage.windows || container.image.is_none();
    if said || ordinary || hands_off(container, base.as_ref()) {
        return Vec::new();
    }
    let message = match base {
        Some(_) => "the image has no `USER`, so its program runs as root, as its base does",
        None => "the image has no `USER`, so its program runs as whoever its base starts as, usually root",
    };
    let mut finding = Finding::new(
        "unset-image-user",
        message,
        Label::new(&container.place(), "the user comes from here"),
    );
    finding.missing = Some(Key::User);
    match (&base, &container.image) {
        (Some(base), _) => finding.notes.push(says(base)),
        (None, Some(image)) => finding.notes.push(format!(
            "who `{}` starts as is not known",
            shortened(&image.value.shown())
        )),
        (None, None) => {}
    }
    match only_account(stage) {
        Some(name) => finding.fixes.push(Fix {
            title: format!("run as `{}`, the account that the image creates", shortened(&name)),
            safety: Safety::Unsafe,
            changes: vec![Change::Add(Key::User, name)],
        }),
        None => finding.helps.push(
            "create an account in the image (`useradd --system app`), give it what it writes to, and end with `USER app`"
                .to_owned(),
        ),
    }
    vec![finding]
}
