//! `inert-hardening`: what a privileged container drops or narrows, it has anyway. Reported where
//! `privileged` itself is not: it is allowed there, and the lists beside it mislead.

use crate::container::{Container, Engine, Text, Tri, Written};
use crate::fix::{Change, Finding, Fix, Label, Safety};
use crate::knowledge::images::StartsAs;
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{is_root_name, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if !container.syntax.is_launch() || container.privileged() != Tri::Yes {
        return Vec::new();
    }
    let inert: Vec<(&Written<Text>, &str)> = inert(container).into_iter().filter(|(w, _)| w.certain).collect();
    let Some((first, what)) = inert.first() else {
        return Vec::new();
    };
    let mut finding = Finding::new(
        "inert-hardening",
        format!("{} is privileged, and {what}", who(container)),
        Label::new(&first.place, "has no effect"),
    );
    for (other, _) in inert.iter().skip(1) {
        finding.related.push(Label::new(&other.place, "nor has this"));
    }
    if let Some(setting) = container.privileged_setting() {
        finding.related.push(Label::new(&setting.place, "because of this"));
    }
    finding.notes.push(
        "a profile for seccomp or AppArmor, `no-new-privileges`, `read_only` and a user do take effect".to_owned(),
    );
    finding
        .helps
        .push("if the list is what was meant, keep it and remove the privilege".to_owned());
    finding.fixes.push(Fix {
        title: "remove what has no effect".to_owned(),
        safety: Safety::Safe,
        changes: inert.iter().map(|(w, _)| Change::Remove(w.place.clone())).collect(),
    });
    vec![finding]
}

/// The entries that the engine passes over, and what it does instead (moby `daemon/pkg/oci/caps/utils.go`,
/// `daemon/oci_linux.go` `WithDevices`; podman `pkg/specgen/generate/security_linux.go`).
fn inert(container: &Container) -> Vec<(&Written<Text>, &'static str)> {
    let mut found = Vec::new();
    let root = match &container.user {
        Some(user) => user.value.known().is_some_and(|name| is_root_name(&name)),
        None => needs(container).is_some_and(|needs| needs.entry.starts_as == StartsAs::Root),
    };
    // podman gives an ordinary user, the image's own among them, the added capabilities, privileged or not
    if container.engine == Engine::Docker || root {
        found.extend(
            container
                .cap_drop
                .iter()
                .map(|w| (w, "has the capabilities that it drops")),
        );
        found.extend(
            container
                .cap_add
                .iter()
                .map(|w| (w, "has every capability without adding one")),
        );
    }
    if container.engine == Engine::Docker {
        let rules = container.device_cgroup_rules.iter();
        found.extend(rules.map(|w| (w, "may use every device, whatever the rules say")));
        // a device under another name is made, also in a privileged container
        let same = container.devices.iter().filter(|w| {
            w.value.known().is_some_and(|text| {
                let mut parts = text.split(':');
                let source = parts.next().unwrap_or_default();
                source.starts_with("/dev/") && parts.next().is_none_or(|t| t == source || !t.starts_with('/'))
            })
        });
        found.extend(same.map(|w| (w, "has every device without passing one")));
    }
    found
}
