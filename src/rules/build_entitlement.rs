//! `build-entitlement`: a build that may ask for more than the sandbox.

use crate::container::{Reach, Switch, Text, Written};
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
            build.reach,
        ));
    }
    for entry in &build.entitlements {
        if let Some(deed) = deed(entry, build.reach) {
            findings.push(finding(deed, entry, build.reach));
        }
    }
    findings
}

fn deed(entry: &Written<Text>, reach: Reach) -> Option<&'static str> {
    let text = entry.value.shown();
    Some(match text.split('=').next().unwrap_or("") {
        "security.insecure" => "run with every capability and device of the build host",
        // a builder in a container allows this without being told
        "network.host" if reach == Reach::Builder => return None,
        "network.host" => "use the network of the build host",
        "device" => "use devices of the build host",
        "fs" | "fs.read" | "fs.write" => "read or write files of the host outside the build context",
        _ => return None,
    })
}

fn finding<T>(deed: &str, entry: &Written<T>, reach: Reach) -> Finding {
    let who = match reach {
        Reach::One => "any step of this build",
        Reach::Several => "any step of these builds",
        Reach::Builder => "every build of this builder that asks for it",
    };
    let message = format!("{who} may {deed}");
    let mut finding = Finding::new("build-entitlement", message, Label::new(&entry.place, "allowed here"));
    finding.notes.push(match reach {
        Reach::Builder => "whoever builds asks with `--allow`, and a step with `RUN --security`".to_owned(),
        _ => {
            "a step also has to ask for it (`RUN --security`, `RUN --network`), so the author of the Dockerfile decides"
                .to_owned()
        }
    });
    finding.fixes.push(Fix {
        title: match reach {
            Reach::One => "keep the build in its sandbox",
            Reach::Several | Reach::Builder => "keep the builds in their sandbox",
        }
        .to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(entry.place.clone())],
    });
    finding
}
