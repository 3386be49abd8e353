//! `build-host-network`: a build, or a step of one, in the network of the build host.

use crate::container::Syntax;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::who;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let network = container.build.as_ref().and_then(|b| b.network.as_ref());
    let Some(network) = network.filter(|n| n.value.is("host")) else {
        return Vec::new();
    };
    let what = match container.syntax {
        Syntax::BuildStep => "this step".to_owned(),
        Syntax::Build => "this build".to_owned(),
        _ => format!("the build of {}", who(container)),
    };
    let verb = if network.certain { "reaches" } else { "may reach" };
    let message = format!("{what} {verb} every service that listens on the build host's localhost");
    let mut finding = Finding::new(
        "build-host-network",
        message,
        Label::new(&network.place, "the network of the build host"),
    );
    finding
        .notes
        .push("whatever it downloads and runs can talk to databases, debuggers and metadata services there".to_owned());
    finding.fixes.push(Fix {
        title: "use the network of the build".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(network.place.clone())],
    });
    vec![finding]
}
