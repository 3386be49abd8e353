//! `device-cgroup-wildcard`: every device of a kind may be opened.

use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::{Refusals, is_privileged, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) {
        return Vec::new();
    }
    let refused = Refusals::of(container);
    let mut findings = Vec::new();
    for rule in &container.device_cgroup_rules {
        let Some(text) = rule.value.known() else { continue };
        let mut words = text.split_whitespace();
        let (kind, numbers) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if (kind != "a" && numbers != "*:*") || refused.are_at(&rule.place) {
            continue;
        }
        let what = match kind {
            "b" => "every disk of the host",
            "c" => "every character device of the host",
            _ => "every device of the host",
        };
        let message = format!("{} may open {what}, once it creates a node for it", who(container));
        let mut finding = Finding::new(
            "device-cgroup-wildcard",
            message,
            Label::new(&rule.place, "all of them"),
        );
        finding
            .notes
            .push("docker lets root in a container create nodes (MKNOD) unless that is dropped".to_owned());
        finding.helps.push(
            "pass the device by name, or allow its major number: `c 188:* rw` for USB serial adapters".to_owned(),
        );
        finding.fixes.push(Fix {
            title: "allow only the devices that are passed".to_owned(),
            safety: Safety::Unsafe,
            changes: vec![Change::Remove(rule.place.clone())],
        });
        findings.push(finding);
    }
    findings
}
