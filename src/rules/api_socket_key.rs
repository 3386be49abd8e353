//! `api-socket-key`: Compose hands in the engine's socket and the user's credentials.

use crate::container::Switch;
use crate::fix::{Change, Finding, Fix, Label, Safety};

use super::Scene;
use super::common::who;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let Some(key) = container.api_socket.as_ref().filter(|k| k.value == Switch::On) else {
        return Vec::new();
    };
    let message = format!(
        "{} can become root on the host, and has your registry passwords",
        who(container)
    );
    let mut finding = Finding::new(
        "api-socket-key",
        message,
        Label::new(
            &key.place,
            "the engine's socket, writable, and the client's credentials",
        ),
    );
    finding.helps.push(
        "use a socket proxy that only allows the requests it needs, and pass the one credential as a secret".to_owned(),
    );
    finding.fixes.push(Fix {
        title: "keep the socket".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::Remove(key.place.clone())],
    });
    vec![finding]
}
