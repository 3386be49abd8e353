//! `ignored-stack-key`: a key that `docker stack deploy` ignores.

use crate::container::{Place, Written};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(stack) = container.stack.as_ref().filter(|stack| stack.sure) else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    for written in &stack.passed_over {
        let key = written.value.as_str();
        if said.contains(&key) {
            continue; // one finding for all values of a list
        }
        said.push(key);
        let (without, instead) = consequence(key);
        let mut finding = Finding::new(
            "ignored-stack-key",
            format!("{} {without}: `docker stack deploy` ignores `{key}`", who(container)),
            Label::new(&written.place, "does nothing in a stack"),
        );
        let others = |w: &&Written<String>| w.value == key && !w.place.same(&written.place);
        let others: Vec<&Place> = stack.passed_over.iter().filter(others).map(|w| &w.place).collect();
        finding.related = others.iter().map(|place| Label::new(place, "nor does this")).collect();
        finding
            .notes
            .push(format!("treated as a stack because of {}", shortened(&stack.why)));
        finding.helps.extend(instead.map(str::to_owned));
        findings.push(finding);
    }
    findings
}

/// What the service lacks without the key, and what a stack has in its place.
fn consequence(key: &str) -> (&'static str, Option<&'static str>) {
    match key {
        "privileged" => (
            "does not run privileged",
            Some("a stack keeps `cap_add` and `cap_drop`: name the capabilities that it needs"),
        ),
        "security_opt" => (
            "runs with the security options of every other container",
            Some(
                "`no-new-privileges`, the seccomp profile and the like can be set for all containers in each node's `daemon.json`",
            ),
        ),
        "devices" => ("gets no device", None),
        "network_mode" => (
            "stays in a network of its own",
            Some(
                "the host's network is joined by `networks`, with an external network named `host`; no network at all, by the one named `none`",
            ),
        ),
        "pid" => ("has processes of its own", None),
        "ipc" => ("has memory of its own to share", None),
        _ => ("has the node's user namespace, whatever that is", None),
    }
}
