//! `insecure-build-step`: a `RUN` outside the sandbox.

use crate::container::Syntax;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    if scene.container.syntax != Syntax::BuildStep {
        return Vec::new();
    }
    let security = scene.container.build.as_ref().and_then(|b| b.security.as_ref());
    let Some(security) = security.filter(|s| s.value.is("insecure")) else {
        return Vec::new();
    };
    let mut finding = Finding::new(
        "insecure-build-step",
        "this step runs with every capability and device of the build host",
        Label::new(&security.place, "no sandbox"),
    );
    finding.notes.push(
        "it only runs where the builder allows `security.insecure`, and then any Dockerfile that is built there may ask for it"
            .to_owned(),
    );
    finding.fixes.push(Fix {
        title: "run the step in the sandbox".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(security.place.clone())],
    });
    vec![finding]
}
