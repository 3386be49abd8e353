//! `build-entitlement`: a build that may ask for more than the sandbox.

use crate::container::{Switch, Text, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let Some(build) = &scene.container.build else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if let Some(privileged) = build.privileged.as_ref().filter(|p| p.value == Switch::On) {
        findings.push(finding(
            "run with every capability and device of the build host",
            privileged,
        ));
    }
    for entry in &build.entitlements {
        if let Some(deed) = deed(entry) {
            findings.push(finding(deed, entry));
        }
    }
    findings
}

fn deed(entry: &Written<Text>) -> Option<&'static str> {
    let text = entry.value.shown();
    Some(match text.split('=').next().unwrap_or("") {
        "security.insecure" => "run with every capability and device of the build host",
        "network.host" => "use the network of the build host",
        "device" => "use devices of the build host",
        "fs" | "fs.read" | "fs.write" => "read or write files of the host outside the build context",
        _ => return None,
    })
}

fn finding<T>(deed: &str, entry: &Written<T>) -> Finding {
    let message = format!("any step of this build may {deed}");
    let mut finding = Finding::new("build-entitlement", message, Label::new(&entry.place, "allowed here"));
    finding.notes.push(
        "a step also has to ask for it (`RUN --security`, `RUN --network`), so the author of the Dockerfile decides"
            .to_owned(),
    );
    finding.fixes.push(Fix {
        title: "keep the build in its sandbox".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(entry.place.clone())],
    });
    finding
}
