//! `root-image`: the image says itself that it runs as root.

use crate::container::{Container, Syntax, Text};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{is_root_name, shortened};

/// Programs that become another user before they start the real one.
const HAND_OFF: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "s6-setuidgid",
    "runuser",
    "chpst",
    "dockerd",
    "systemd",
    "init",
];

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(user) = container.user.as_ref().filter(|_| container.syntax == Syntax::Image) else {
        return Vec::new();
    };
    let Some(name) = user.value.known().filter(|u| !u.is_empty() && is_root_name(u)) else {
        return Vec::new();
    };
    if hands_off(container) {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "root-image",
        "the image runs as root, and so does whoever takes over its program",
        Label::new(&user.place, format!("`{}` is the last word on it", shortened(&name))),
    );
    finding
        .helps
        .push("make an account in the image (`useradd --system app`), and end with `USER app`; or take this line away if an earlier `USER` was meant".to_owned());
    vec![finding]
}

/// True where what starts drops root itself, or is a script of which that cannot be said.
fn hands_off(container: &Container) -> bool {
    let entrypoint = container.entrypoint.iter().map(|w| &w.value);
    let words: Vec<String> = entrypoint.chain(&container.command).map(Text::shown).collect();
    let all = words.join(" ");
    let names = |word: &str| HAND_OFF.contains(&word.rsplit('/').next().unwrap_or(word));
    let script = |word: &str| word.ends_with(".sh") || word.contains("entrypoint");
    all.split(|c: char| c.is_whitespace() || c == '"' || c == ',' || c == '[' || c == ']')
        .any(|w| names(w) || script(w))
}
