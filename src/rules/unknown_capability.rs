//! `unknown-capability`: a name that is no capability.

use crate::container::Engine;
use crate::fix::{Finding, Label};
use crate::knowledge::capabilities;

use super::common::{capability_name, shortened, who};
use super::{Scene, closest};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    for written in container.cap_add.iter().chain(&container.cap_drop) {
        let Some(text) = written.value.known() else { continue };
        let name = capability_name(&text);
        let known = capabilities::named(&text).is_some();
        if known || text.is_empty() {
            continue;
        }
        let shown = shortened(&text);
        let message = format!("{} does not start: there is no capability `{shown}`", who(container));
        let mut finding = Finding::new("unknown-capability", message, Label::new(&written.place, ""));
        if name.starts_with('#') {
            finding
                .helps
                .push("`#` begins no comment here: it and every word after it are names".to_owned());
            return vec![finding];
        }
        if name == "ALL" {
            finding
                .helps
                .push("the word for all of them is `ALL`, without `CAP_`".to_owned());
        } else if name.contains(',') && container.engine != Engine::Podman {
            finding
                .helps
                .push("docker takes one name for each flag, and does not split at commas".to_owned());
        } else if let Some(near) = closest_capability(&name) {
            finding.helps.push(format!(
                "did you mean `{near}`? it would grant what is refused today, so you have to decide"
            ));
        }
        findings.push(finding);
    }
    findings
}

fn closest_capability(name: &str) -> Option<String> {
    let lower: Vec<String> = capabilities::all()
        .iter()
        .map(|k| k.name.to_lowercase().replace('_', "-"))
        .collect();
    closest(name, lower.iter().map(String::as_str)).map(|near| near.to_uppercase().replace('-', "_"))
}
