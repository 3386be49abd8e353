//! `insecure-registry`: an image is pulled without checking who sent it.

use crate::fix::{Finding, Label};

use super::Scene;
use super::common::image;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    let off = |option: &String| option == "tls-verify=false";
    let local = container.image.as_ref().is_some_and(|image| {
        let name = image.value.shown();
        let host = name
            .trim_start_matches("docker://")
            .split(['/', ':'])
            .next()
            .unwrap_or("")
            .to_owned();
        host == "localhost" || host.starts_with("127.")
    });
    if local || !container.options.iter().any(off) {
        return Vec::new();
    }
    let mut finding = Finding::new(
        "insecure-registry",
        format!(
            "anyone between this host and the registry can replace {} with another image",
            image(container)
        ),
        Label::new(&container.place(), "pulls without checking the registry's certificate"),
    );
    finding.helps.push(
        "trust the registry's own certificate: put its authority into `/etc/containers/certs.d/HOST:PORT/ca.crt`"
            .to_owned(),
    );
    vec![finding]
}
