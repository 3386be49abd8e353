//! `host-network`: no network of its own.

use crate::container::{Container, Engine, Namespace, Syntax};
use crate::fix::{Finding, Label};
use crate::knowledge::needs::needs;

use super::Scene;
use super::common::{host_note, is_host_root, who};
use super::namespaces::of_host;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(mode) = of_host(container, Namespace::Network) else {
        return Vec::new();
    };
    let verb = if mode.certain { "reaches" } else { "may reach" };
    let effective = container.effective_capabilities();
    let low = is_host_root(container) && effective.is_none_or(|names| names.contains("NET_BIND_SERVICE"));
    let ports = if low { "any port" } else { "any port above 1023" };
    let message = format!(
        "{} {verb} every service that listens on the host's localhost, and can bind {ports}",
        who(container)
    );
    let mut finding = Finding::new(
        "host-network",
        message,
        Label::new(&mode.place, "the network of the host"),
    );
    finding.notes.extend(host_note(container));
    if !container.ports.is_empty() {
        finding.notes.push("the published ports are ignored".to_owned());
    }
    if container.rootless {
        finding.notes.push(
            "podman without sudo is assumed to be rootless: the host's network settings stay out of reach".to_owned(),
        );
    }
    let finds_devices = needs(container).and_then(|needs| needs.entry.host.clone());
    finding.helps.push(match finds_devices {
        Some(why) if why.contains("broadcast") => {
            "a macvlan network gives it an address of its own in the local network, where broadcasts reach it"
                .to_owned()
        }
        _ => without_it(container),
    });
    vec![finding]
}

/// How a container does without the host's network, in the words of its syntax.
fn without_it(container: &Container) -> String {
    if !container.stays && container.ports.is_empty() {
        let host = match container.engine {
            Engine::Podman => "`host.containers.internal`",
            _ => "`host.docker.internal` (`--add-host host.docker.internal:host-gateway`)",
        };
        return format!("leave it out if the command only reaches other machines; services of the host are at {host}");
    }
    let ports = match container.syntax {
        Syntax::Quadlet => "`PublishPort=8080:8080`",
        syntax if syntax.is_service() => "`ports: [\"8080:8080\"]`",
        _ => "`-p 8080:8080`",
    };
    format!("publish the ports that it serves ({ports}), and join other containers on a network of their own")
}
