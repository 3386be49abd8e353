//! `root-image`: the image says itself that it runs as root.

use crate::container::{Container, Key, Stage, Syntax, Text, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::bases::{self, Base, User};

use super::Scene;
use super::common::{is_root_name, shortened};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(user) = container.user.as_ref().filter(|_| container.syntax == Syntax::Image) else {
        return Vec::new();
    };
    let Some(name) = user.value.known().filter(|u| !u.is_empty() && is_root_name(u)) else {
        return Vec::new();
    };
    let base = base(container);
    let stage = container.stage.as_deref();
    if stage.is_some_and(|stage| stage.windows) || hands_off(container, base.as_ref()) {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "root-image",
        "the image runs as root, and so does whoever takes over its program",
        Label::new(
            &user.place,
            format!("`{}` is the last user that is set", shortened(&name)),
        ),
    );
    if let Some(argument) = user.place.via.first() {
        finding.notes.push(format!(
            "`USER` takes it from `{}`: a build that sets that argument decides otherwise",
            shortened(&argument.name)
        ));
    }
    if let Some(below) = stage.and_then(|stage| stage.user_stage.as_ref()) {
        let label = Label::new(&container.place(), "the final stage, which sets no user");
        finding.related.push(label);
        finding.notes.push(format!(
            "the user comes from the stage `{}`, which the final stage is built on",
            shortened(below)
        ));
    }
    let fixes = stage
        .map(|stage| mended(user, stage, base.as_ref()))
        .unwrap_or_default();
    if fixes.is_empty() {
        finding.helps.push(
            "create an account in the image (`useradd --system app`), and end with `USER app`; or remove this line if an earlier `USER` was meant"
                .to_owned(),
        );
    }
    if let (Some(base), true) = (&base, fixes.iter().any(|fix| fix.title == OF_BASE)) {
        finding.notes.push(says(base));
    }
    finding.fixes = fixes;
    vec![finding]
}

/// The fix that leaves the user to the base image.
const OF_BASE: &str = "leave it to the base image, which has a user of its own";

/// The ways back to a user that the file or its base image already has.
fn mended(user: &Written<Text>, stage: &Stage, base: Option<&Base>) -> Vec<Fix> {
    let fix = |title: String, change: Change| Fix {
        title,
        safety: Safety::Unsafe,
        changes: vec![change],
    };
    // what runs after it, or a stage below, may need root: then another `USER` follows
    let removable = stage.user_stage.is_none() && !stage.runs_after_user;
    let ordinary = |name: &str| !name.is_empty() && !is_root_name(name);
    let earlier: Vec<String> = stage.earlier_users.iter().map(|w| w.value.shown()).collect();
    if let Some(name) = earlier.iter().rfind(|name| ordinary(name)) {
        let mut fixes = Vec::new();
        if removable && earlier.last() == Some(name) {
            fixes.push(fix(
                format!("let the earlier `USER {}` count", shortened(name)),
                Change::Remove(user.place.clone()),
            ));
        }
        fixes.push(fix(
            format!("end with the user that was there before, `{}`", shortened(name)),
            Change::Add(Key::User, name.clone()),
        ));
        return fixes;
    }
    if removable && earlier.is_empty() && base.is_some_and(|base| matches!(base.user, User::Ordinary(_))) {
        return vec![fix(OF_BASE.to_owned(), Change::Remove(user.place.clone()))];
    }
    match only_account(stage) {
        Some(name) => {
            let change = if removable {
                Change::Replace(user.place.clone(), name.clone())
            } else {
                Change::Add(Key::User, name.clone())
            };
            vec![fix(
                format!("run as `{}`, the account that the image creates", shortened(&name)),
                change,
            )]
        }
        None => Vec::new(),
    }
}

/// The one account that the stage makes, where it makes one.
pub(super) fn only_account(stage: &Stage) -> Option<String> {
    let (first, rest) = stage.accounts.split_first()?;
    let name = first.value.known()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = !is_root_name(&name) && name.chars().all(plain);
    (fits && rest.iter().all(|other| other.value.is(&name))).then(|| name.into_owned())
}

/// What is known of the image that the stages are built on.
pub(super) fn base(container: &Container) -> Option<Base> {
    bases::find(&container.image.as_ref()?.value, container.around.knowledge)
}

/// What is known of the base image, as a note.
pub(super) fn says(base: &Base) -> String {
    let name = shortened(&base.name);
    match &base.user {
        User::Root => format!("`{name}` starts as root ({})", base.source),
        User::Ordinary(Some(user)) => format!("`{name}` starts as the user `{user}` ({})", base.source),
        User::Ordinary(None) => format!("`{name}` starts as an ordinary user ({})", base.source),
    }
}

/// True where what starts drops root itself, or is a script of which that cannot be said.
pub(super) fn hands_off(container: &Container, base: Option<&Base>) -> bool {
    container.stage.as_deref().is_some_and(|stage| {
        stage.hand_off.is_some() || stage.starts_as_base && base.is_some_and(|base| base.hands_off)
    })
}
