//! `root-exec`: a command runs as root in a container that is there already.

use crate::container::Syntax;
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_root_name, shortened};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let user = container.user.as_ref().filter(|_| container.syntax == Syntax::Exec);
    let root = user.filter(|user| {
        user.value
            .known()
            .is_some_and(|name| !name.is_empty() && is_root_name(&name))
    });
    let Some(user) = root else { return Vec::new() };
    let mut finding = Finding::new(
        "root-exec",
        "this command runs as root, whatever user the container was started as",
        Label::new(&user.place, format!("`{}`", shortened(&user.value.shown()))),
    );
    finding
        .helps
        .push("what has to be done as root each time belongs in the image, or in its entrypoint".to_owned());
    vec![finding]
}
