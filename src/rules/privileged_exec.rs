//! `privileged-exec`: a process with every capability, put into a container that has fewer.

use crate::container::{Switch, Syntax, Tri};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::commands;

use super::Scene;
use super::common::engine;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if container.syntax != Syntax::Exec || container.privileged() == Tri::No {
        return Vec::new();
    }
    let Some(setting) = container.privileged_setting() else {
        return Vec::new();
    };
    if setting.value == Switch::Refused {
        let message = format!(
            "nothing is run: {} refuses this value of `--privileged`",
            engine(container)
        );
        let label = Label::new(&setting.place, "neither true nor false");
        return vec![Finding::new("privileged-exec", message, label)];
    }
    let message = "this process has every capability, although its container was started without them";
    let mut finding = Finding::new(
        "privileged-exec",
        message,
        Label::new(&setting.place, "for this process only"),
    );
    finding
        .notes
        .push("what it writes or starts stays in the container".to_owned());
    let known = commands::needs(&container.command);
    if !known.is_empty() {
        finding.helps.extend(known);
        finding.helps.push(
            "start a container of its own for it, with that capability and `--pid=container:NAME` or `--network=container:NAME`"
                .to_owned(),
        );
    }
    finding.fixes.push(Fix {
        title: "run it with what the container has".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(setting.place.clone())],
    });
    vec![finding]
}
