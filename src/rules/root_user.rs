//! `root-user`: the launch makes an image run as root that would not.

use crate::container::Container;
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::images::StartsAs;
use crate::knowledge::needs::{Needs, needs};
use crate::knowledge::programs;

use super::Scene;
use super::common::{image, is_root_name, shortened, who};
use super::host_namespace_entry::words;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let user = container.user.as_ref().filter(|_| container.syntax.is_launch());
    let Some((user, name)) = user.and_then(|u| Some((u, u.value.known()?))) else {
        return Vec::new();
    };
    let needs = needs(container);
    let starts_as = needs.as_ref().map(|n| n.entry.starts_as);
    // setting up files for another user is root's work
    if container.is_passing() && prepares_files(container) {
        return Vec::new();
    }
    // an image that starts as root, to become somebody else by itself, is only told what it does anyway
    if !is_root_name(&name) || name.is_empty() || starts_as == Some(StartsAs::Root) {
        return Vec::new();
    }
    let own = starts_as == Some(StartsAs::User);
    let message = match own {
        true => format!(
            "{} runs as root, although its image would run as an ordinary user",
            who(container)
        ),
        false => format!("{} runs as root, whatever user its image was made for", who(container)),
    };
    let label = Label::new(&user.place, format!("`{}`", shortened(&name)));
    let mut finding = Finding::new("root-user", message, label);
    if let Some(needs) = needs.as_ref().filter(|_| own) {
        finding.notes.push(known(container, needs));
    }
    if container.rootless {
        finding.notes.push(
            "podman without sudo is assumed to be rootless: root in the container is the calling user".to_owned(),
        );
    }
    finding.helps.push(
        "if it is there for a directory that the user may not write to, change the owner of that directory".to_owned(),
    );
    finding.fixes.push(Fix {
        title: "run as the image's own user".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(user.place.clone())],
    });
    vec![finding]
}

/// True for a command that does nothing but put files in order.
fn prepares_files(container: &Container) -> bool {
    const TOOLS: &[&str] = &[
        "chgrp", "chmod", "chown", "cp", "find", "install", "ln", "ls", "mkdir", "mv", "rm", "tar", "touch",
    ];
    let commands = programs::run_by(&words(container));
    let tool = |command: &Vec<String>| command.first().is_some_and(|program| TOOLS.contains(&program.as_str()));
    !commands.is_empty() && commands.iter().all(tool)
}

fn known(container: &Container, needs: &Needs) -> String {
    format!("{} starts as an ordinary user ({})", image(container), needs.source())
}
