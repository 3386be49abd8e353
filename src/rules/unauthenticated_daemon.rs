//! `unauthenticated-daemon`: an engine that takes orders from the network, and asks nobody who they are.

use crate::container::{Container, Namespace};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::who;
use super::host_namespace_entry::words;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(mut label) = listens(container) else {
        return Vec::new();
    };
    let Some(reached) = reached(container) else {
        return Vec::new();
    };
    label.message = "the engine listens without TLS".to_owned();
    let mut finding = Finding::new(
        "unauthenticated-daemon",
        format!(
            "anyone who can reach port 2375 of the host can start containers in {}",
            who(container)
        ),
        label,
    );
    finding.related.push(reached);
    finding.notes.push(
        "where the container is privileged, as an engine in a container mostly is, that is root on the host".to_owned(),
    );
    finding.helps.push(
        "publish no port, and let clients join its network; or keep the image's own TLS on port 2376 \
         (`DOCKER_TLS_CERTDIR: /certs`)"
            .to_owned(),
    );
    vec![finding]
}

/// Where it says that it listens on TCP without TLS.
fn listens(container: &Container) -> Option<Label> {
    let engine = container
        .image
        .as_ref()
        .is_some_and(|image| image.value.shown().contains("dind"));
    let switched_off = container.environment.iter().find(|w| w.value.is("DOCKER_TLS_CERTDIR="));
    if let Some(written) = switched_off.filter(|_| engine) {
        return Some(Label::new(&written.place, ""));
    }
    let words = words(container);
    let all: Vec<String> = words.iter().map(|w| w.shown()).collect();
    let daemon = engine || all.iter().any(|w| w.rsplit('/').next() == Some("dockerd"));
    let tls = all
        .iter()
        .any(|w| w.starts_with("--tlsverify") && w != "--tlsverify=false");
    let tcp = all.iter().any(|w| w.contains("tcp://") && w.contains(":2375"));
    (daemon && tcp && !tls).then(|| Label::new(&container.place(), ""))
}

/// Where it says that others than containers of its network reach it.
fn reached(container: &Container) -> Option<Label> {
    let ports = container.ports.iter();
    let mut open = ports.filter(|w| {
        let text = w.value.shown();
        let inner = text.split('/').next().unwrap_or("").rsplit(':').next().unwrap_or("");
        let local = ["127.", "localhost", "[::1]"].iter().any(|host| text.starts_with(host));
        inner == "2375" && !local
    });
    if let Some(port) = open.next_back() {
        return Some(Label::new(&port.place, "and this lets others reach it"));
    }
    let network = container
        .namespace(Namespace::Network)
        .filter(|mode| mode.value.is("host"))?;
    Some(Label::new(&network.place, "and this lets others reach it"))
}
