//! What the host or the engine of a launch may be, and what is not said where it is another one.

use privlint::engine;

use crate::labels::{lint, with_tree};
use crate::samples::settings;

#[test]
fn an_engine_that_may_be_podman_may_need_labels() {
    let found = |text: &str| {
        let settings = settings("", None, None);
        let files = [("run.sh", text)];
        let report = with_tree(&files, |path, kind, text, tree| {
            engine::lint(path, kind, text, &settings, tree)
        });
        let of_rule = report.diagnostics.iter().find(|d| d.finding.rule == "unlabeled-mount");
        of_rule.map(|d| d.finding.message.contains("may not let"))
    };
    for (text, expected) in [
        ("podman run -v ./d:/d i", Some(false)),
        ("docker run -v ./d:/d i", None),
        (
            "E=$(command -v podman || command -v docker)\n$E run -v ./d:/d i",
            Some(true),
        ),
        ("if t; then E=podman; else E=docker; fi\n$E run -v ./d:/d i", Some(true)),
        ("docker() { podman \"$@\"; }\ndocker run -v ./d:/d i", Some(true)),
        (
            "export DOCKER_HOST=unix:///run/podman/podman.sock\ndocker run -v ./d:/d i",
            Some(true),
        ),
        ("DOCKER_HOST=unix:///run/docker.sock docker run -v ./d:/d i", None),
        // the host's packages, and those of a container
        ("dnf install -y x\ndocker run -v ./d:/d i", Some(false)),
        (
            "docker exec -i c sh <<X\nyum install x\nX\ndocker run -v ./d:/d i",
            None,
        ),
        (
            "cat > entry.sh <<X\n#!/bin/sh\nyum install x\nX\ndocker run -v ./d:/d i",
            None,
        ),
        ("chroot /mnt dnf install x\ndocker run -v ./d:/d i", None),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn what_holds_for_another_engine_or_system_is_not_said() {
    let rules = |name: &str, text: &str| -> Vec<&'static str> {
        let report = lint(&[(name, text)]);
        report.diagnostics.iter().map(|d| d.finding.rule).collect()
    };
    let service = |more: &str| format!("services:\n  a:\n    image: i\n    cap_drop: [ALL]\n{more}");
    let kept = service("    userns_mode: keep-id:uid=1000\n");
    assert!(rules("compose.yaml", &kept).is_empty());
    let extended = format!(
        "x-podman: {{in_pod: false}}\n{}",
        service("    userns_mode: auto:size=10\n")
    );
    assert!(rules("compose.yaml", &extended).is_empty());
    let typed = service("    security_opt: ['label=type:my_t']\n    volumes: ['./d:/d:Z']\n");
    assert!(rules("compose.yaml", &typed).is_empty());
    let tun = "run --rm --cap-drop=all -v /dev/net/tun:/dev/net/tun i";
    assert!(rules("run.sh", &format!("docker {tun}")).is_empty());
    assert_eq!(rules("run.sh", &format!("sudo podman {tun}")), ["dev-bind-mount"]);
    let windows = "services: {a: {image: 'mcr.microsoft.com/windows/servercore:ltsc2022', privileged: true}}\n";
    assert!(rules("compose.yaml", windows).is_empty());
    let platform = "services: {a: {image: i, platform: windows/amd64, privileged: true}}\n";
    assert!(rules("compose.yaml", platform).is_empty());
    assert!(!rules("compose.yaml", &platform.replace("windows", "linux")).is_empty());
    assert!(rules("run.sh", "docker run --platform windows/amd64 --privileged i\n").is_empty());
}
