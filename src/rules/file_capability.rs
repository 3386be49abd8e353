//! `file-capability`: a file of the image carries capabilities.

use crate::container::{Grant, GrantKind, Written};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::shortened;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    scene.container.grants.iter().filter_map(finding).collect()
}

fn finding(grant: &Written<Grant>) -> Option<Finding> {
    let GrantKind::FileCapability(capabilities) = &grant.value.kind else {
        return None;
    };
    let names = names(capabilities);
    let them = if names.contains(' ') { "them" } else { "it" };
    let file = shortened(&grant.value.subject);
    let message = format!("whoever runs `{file}` gets {names}, if the container has {them}");
    let it = if them == "it" { "it" } else { "one of them" };
    let mut finding = Finding::new(
        "file-capability",
        message,
        Label::new(&grant.place, "stays with the file"),
    );
    finding.notes.push(format!(
        "if the container drops {it}, the program cannot be started; with `no-new-privileges` it starts without {them}"
    ));
    if capabilities.to_ascii_lowercase().contains("net_bind_service") {
        finding.helps.push(
            "docker lets every user listen below 1024 since 20.10; elsewhere `--sysctl net.ipv4.ip_unprivileged_port_start=0` does, or a higher port".to_owned(),
        );
    }
    if finding.helps.is_empty() {
        finding.helps.push(format!(
            "if root runs the program anyway, leave this out; if an ordinary user does, the container has to keep {names}"
        ));
    }
    Some(finding)
}

/// `cap_net_raw,cap_net_admin+eip`, or several such clauses with blanks between them, as names.
fn names(capabilities: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    for clause in capabilities.split_whitespace() {
        let list = clause.split(['=', '+', '-']).next().unwrap_or("");
        if list.is_empty() || list.eq_ignore_ascii_case("all") {
            return "every capability".to_owned();
        }
        for name in list.split(',') {
            let name = shortened(&super::common::capability_name(name));
            if !names.contains(&name) && names.len() < 6 {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return "every capability".to_owned();
    }
    super::common::listed(&names)
}
