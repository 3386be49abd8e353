//! `engine-socket`: the engine's own socket is handed in.

use crate::container::{Container, Mount, Place, Text};
use crate::fix::{Finding, Label};
use crate::knowledge::needs::needs;
use crate::knowledge::paths::{self, EngineSocket};

use super::Scene;
use super::common::{image, shortened, who};

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let mut findings = Vec::new();
    // `api-socket-key` speaks of the socket that a key brings
    let key = container.api_socket.as_ref().map(|key| &key.place);
    let by_key = |place: &Place| key.is_some_and(|key| key.same(place));
    for written in container.mounts.iter().filter(|w| w.value.is_bind()) {
        if by_key(&written.place) {
            continue;
        }
        let mount = &written.value;
        let Some(socket) = paths::engine_socket(mount) else {
            continue;
        };
        let source = shortened(&mount.source.as_ref().map(Text::shown).unwrap_or_default());
        let label = match socket.inside {
            true => format!("`{source}` holds the {} socket", socket.what),
            false => format!("the {} socket", socket.what),
        };
        let mut finding = Finding::new(
            "engine-socket",
            message(container, socket),
            Label::new(&written.place, label),
        );
        explain(container, mount, socket, &mut finding);
        findings.push(finding);
    }
    findings
}

fn message(container: &Container, socket: EngineSocket) -> String {
    let who = who(container);
    let what = socket.what;
    match (what, socket.of_user) {
        ("systemd", _) => format!("{who} can start any service on the host, as root"),
        (_, true) => {
            format!("{who} can do all that the user may do: it can start any container through the {what} socket")
        }
        _ => format!("{who} can become root on the host: it can start any container through the {what} socket"),
    }
}

fn explain(container: &Container, mount: &Mount, socket: EngineSocket, finding: &mut Finding) {
    if let Some(needs) = needs(container)
        && let Some(why) = &needs.entry.socket
    {
        finding
            .notes
            .push(format!("{} asks for it {why} ({})", image(container), needs.source()));
    }
    if mount.read_only {
        finding
            .notes
            .push("`ro` does not help: it keeps the socket from being replaced, not from being used".to_owned());
    }
    if socket.inside {
        finding
            .helps
            .push("mount only the files that it needs, not the directory".to_owned());
    }
    if let Some(help) = instead(container, socket) {
        finding.helps.push(help.to_owned());
    }
}

/// What to write instead.
fn instead(container: &Container, socket: EngineSocket) -> Option<&'static str> {
    let name = container
        .image
        .as_ref()
        .map(|image| image.value.shown())
        .unwrap_or_default();
    let proxy = ["socket-proxy", "socketproxy", "docker-proxy", "dockerproxy"];
    Some(match socket.what {
        "systemd" => return None,
        _ if proxy.iter().any(|word| name.contains(word)) => {
            "as a proxy it needs the socket: allow only the requests that its clients use, and publish none of its ports"
        }
        // these speak gRPC, which no common proxy filters
        "containerd" | "CRI-O" | "BuildKit" => {
            "there is no filtering proxy for this socket: run the program on the host, or give it an engine of its own"
        }
        _ if socket.of_user => "put a proxy in between that only allows the requests it needs",
        _ => "put a proxy in between that only allows the requests it needs, or mount a rootless engine's socket",
    })
}
