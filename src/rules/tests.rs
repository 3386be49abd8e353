//! The rules over containers made by hand; the pages are tried through the fronts elsewhere.
#![allow(clippy::unwrap_used)]

mod beside;
mod inert;
mod labels;
mod pages;
mod words;

use super::*;
use crate::container::{
    Engine, FileId, Hole, Key, Labelling, MountKind, Namespace, Place, Relabel, Syntax, Text, Written,
};
use crate::container::{NamespaceSetting, Switch, Unseen};
use crate::fix::{Change, Safety};

/// A launch from the words of a command: enough of the grammar for these tests.
fn launch(words: &str) -> Container {
    let mut at = 0;
    let mut words = words.split_whitespace();
    let engine = match words.next().unwrap() {
        "podman" => Engine::Podman,
        _ => Engine::Docker,
    };
    let mut container = Container::new(Syntax::Command, engine, FileId(0), bytes(0).value, bytes(0).value);
    container.rootless = engine == Engine::Podman;
    while let Some(word) = words.next() {
        at += 2;
        let place = bytes(at);
        let written = |value: Text| Written::new(value, place.clone());
        let (flag, value) = word.split_once('=').unwrap_or((word, ""));
        match flag {
            "-v" => container.mounts.push(Written::new(mount(words.next().unwrap()), place)),
            "--privileged" => container.privileged.push(Written::new(Switch::On, place)),
            "--cap-add" => container.cap_add.push(written(text(value))),
            "--cap-drop" => container.cap_drop.push(written(text(value))),
            "--security-opt" => container.security_opt.push(written(text(value))),
            "--device" => container.devices.push(written(text(value))),
            "--user" => container.user = Some(written(text(value))),
            "--name" => container.name = Some(written(text(value))),
            "--pid" | "--ipc" | "--network" => {
                let namespace = match flag {
                    "--pid" => Namespace::Pid,
                    "--ipc" => Namespace::Ipc,
                    _ => Namespace::Network,
                };
                let mode = written(text(value));
                container.namespaces.push(NamespaceSetting { namespace, mode });
            }
            _ => {
                container.image = Some(written(text(word)));
                container.command = words.by_ref().map(text).collect();
            }
        }
    }
    container
}

/// A place of one byte.
fn bytes(at: u32) -> Place {
    let mut place = Place::new(Default::default(), Default::default());
    (place.value.start, place.value.end) = (at, at + 1);
    place.entry = place.value;
    place
}

fn text(value: &str) -> Text {
    for (mark, hole) in [
        ("$(pwd)", Hole::WorkingDirectory),
        ("$HOME", Hole::Home),
        ("$X", Hole::Variable("X".into())),
    ] {
        if let Some(rest) = value.strip_prefix(mark) {
            let mut out = Text::hole(mark, Default::default(), hole);
            out.append(Text::cooked(rest, Default::default()));
            return out;
        }
    }
    Text::cooked(value, Default::default())
}

fn mount(value: &str) -> Mount {
    let mut parts = value.split(':');
    let source = parts.next().unwrap();
    let bind = source.contains('/') || source.starts_with(['.', '~', '$']);
    let mut mount = Mount::new(if bind { MountKind::Bind } else { MountKind::Volume }, text(value));
    mount.source = Some(text(source));
    mount.target = parts.next().map(text);
    for option in parts.next().unwrap_or("").split(',') {
        match option {
            "ro" => mount.read_only = true,
            "z" => mount.relabel = Relabel::Shared,
            "Z" => mount.relabel = Relabel::Private,
            _ => {}
        }
    }
    mount.labelling = Labelling::Suffix;
    mount
}

/// The findings of a rule about a launch; podman's hosts are taken for SELinux hosts.
fn found_by(rule: &str, container: &Container) -> Vec<Finding> {
    found_beside(rule, container, &[])
}

fn found_beside(rule: &str, container: &Container, neighbours: &[NeighbourMount]) -> Vec<Finding> {
    let selinux = SelinuxHost {
        of_any_reader: false,
        labelled: Vec::new(),
        on: container.engine == Engine::Podman,
        sure: true,
        asked: false,
        why: "the engine is podman".into(),
    };
    let scene = Scene {
        allowed: &[],
        container,
        selinux: &selinux,
        mounts: &Mounts::default(),
        neighbours,
        unsearched: &[],
        allowed_images: &["docker.io/library/docker:*dind".to_owned()],
    };
    find(rule).unwrap().findings(&scene)
}

fn all_found(container: &Container) -> Vec<&'static str> {
    let default = RULES.iter().filter(|r| r.group() != Group::Strict);
    default
        .flat_map(|r| found_by(r.name, container))
        .map(|f| f.rule)
        .collect()
}

/// The rules about capabilities that nobody drops.
const CAP_DROP: [&str; 3] = ["missing-cap-drop", "undropped-capabilities", "unknown-needs"];

/// A fix in short: its safety and its changes.
fn short(finding: &Finding) -> String {
    let Some(fix) = finding.fixes.first() else {
        return format!("none: {}", finding.refused.as_ref().map_or("", |r| r.0.as_str()));
    };
    let changes = fix.changes.iter().map(|change| match change {
        Change::Remove(_) => "remove".to_owned(),
        Change::Add(Key::CapAdd, value) => format!("+{value}"),
        Change::Add(Key::CapDrop, value) => format!("-{value}"),
        Change::Add(key, value) => format!("{key:?}={value}"),
        Change::Replace(_, value) => format!("={value}"),
        Change::Relabel(_, relabel) => format!("{relabel:?}"),
        Change::ReadOnly(_) => "ro".to_owned(),
    });
    format!("{}: {}", fix.safety.as_str(), changes.collect::<Vec<_>>().join(" "))
}

#[test]
fn privileged_is_mended_as_a_whole_or_says_why_not() {
    for (command, fix) in [
        (
            "podman -v $(pwd)/certs:/certs --privileged registry:2",
            "safe: remove Private -all",
        ),
        (
            "podman -v $(pwd):/certs --privileged registry:2",
            "unsafe: remove Shared -all",
        ),
        (
            "podman -v /srv/certs:/certs --privileged registry:2",
            "unsafe: remove Private -all",
        ),
        ("docker --privileged registry:2", "safe: remove -all"),
        (
            "docker -v ./certs:/certs --privileged registry:2",
            "safe: remove -all +DAC_OVERRIDE",
        ),
        (
            "docker -v ./data:/var/lib/registry --privileged registry:2",
            "safe: remove -all +DAC_OVERRIDE",
        ),
        (
            "podman -v ./certs:/certs --privileged --security-opt=label=disable registry:2",
            "safe: remove remove Private -all",
        ),
        (
            "podman -v $HOME:/h --privileged --security-opt=label=disable memcached",
            "safe: remove -all",
        ),
        (
            "podman -v $X/d:/d --privileged memcached",
            "none: SELinux would then deny it access to `$X/d`: where `$X/d` leads is only known when it runs",
        ),
        (
            "docker -v /dev:/dev --privileged memcached",
            "none: it mounts all of `/dev`, and which devices it uses is not known: pass those with `--device`",
        ),
        ("docker --privileged docker run", "unsafe: remove"),
        ("docker --privileged docker", "none: `docker` does not work without it"),
        (
            "docker --privileged postgres:16",
            "safe: remove -all +CHOWN +DAC_OVERRIDE +FOWNER +KILL +SETGID +SETUID",
        ),
        (
            "docker --privileged --cap-add=SETUID --cap-drop=ALL redis:7",
            "safe: remove +CHOWN +DAC_OVERRIDE +FOWNER +KILL +SETGID +SETPCAP",
        ),
        (
            "docker --privileged postgres:16 bash",
            "unsafe: remove -all +CHOWN +DAC_OVERRIDE +FOWNER +KILL +SETGID +SETUID",
        ),
        (
            "docker --privileged mysql:8",
            "unsafe: remove -all +CHOWN +DAC_OVERRIDE +FOWNER +KILL +SETGID +SETUID",
        ),
        (
            "docker --privileged qmcgaw/gluetun",
            "unsafe: remove +NET_ADMIN Device=/dev/net/tun",
        ),
        (
            "docker --privileged example.org/app",
            "none: nothing is known about what `example.org/app` needs",
        ),
        (
            "docker --privileged --device=/dev/ttyS0 example.org/app",
            "unsafe: remove -all",
        ),
        (
            "podman -v ./x:/x --privileged example.org/app",
            "unsafe: remove Private -all",
        ),
        (
            "docker -v /dev/ttyUSB0:/dev/ttyUSB0 --privileged memcached",
            "unsafe: remove -all Device=/dev/ttyUSB0",
        ),
        (
            "podman -v /run/x.sock:/x --privileged memcached",
            "none: SELinux would then deny it access to `/run/x.sock`, which must not be labelled for a container",
        ),
        ("docker --privileged --pid=host memcached", "unsafe: remove -all"),
        (
            "docker --privileged --cap-add=ALL memcached",
            "safe: remove remove -all",
        ),
        (
            "docker --privileged gcr.io/cadvisor/cadvisor",
            "none: what `gcr.io/cadvisor/cadvisor` needs instead is for you to decide",
        ),
        (
            "docker --privileged ubuntu bash",
            "none: nothing is known about what `ubuntu` needs",
        ),
        (
            "docker --privileged ghcr.io/analogj/scrutiny",
            "none: `ghcr.io/analogj/scrutiny` needs SYS_RAWIO, which is for you to grant: `--cap-add=SYS_RAWIO`",
        ),
        (
            "docker --privileged kindest/node",
            "none: `kindest/node` does not work without it",
        ),
    ] {
        let found = found_by("privileged", &launch(command));
        assert_eq!(found.len(), 1, "{command}");
        assert_eq!(short(&found[0]), fix, "{command}");
    }
}

#[test]
fn no_fix_for_any_known_image_grants_what_leads_out_or_trusts_what_was_not_tried() {
    let mut safe = 0;
    for entry in crate::knowledge::images::all() {
        let image = entry.images[0].replace('*', "x");
        for launch_words in [
            "docker --privileged",
            "podman -v ./d:/d --privileged",
            "docker",
            "docker --cap-add=ALL",
        ] {
            let container = launch(&format!("{launch_words} {image}"));
            for finding in RULES.iter().flat_map(|r| found_by(r.name, &container)) {
                for fix in &finding.fixes {
                    let grave = [
                        "SYS_ADMIN",
                        "SYS_MODULE",
                        "SYS_RAWIO",
                        "SYS_PTRACE",
                        "DAC_READ_SEARCH",
                        "BPF",
                    ];
                    let granted =
                        |c: &Change| matches!(c, Change::Add(Key::CapAdd, name) if grave.contains(&name.as_str()));
                    // out of every capability, some that are grave may be left
                    let narrows = finding.rule == "all-capabilities";
                    assert!(narrows || !fix.changes.iter().any(granted), "{image}: {fix:?}");
                    let about_image = finding.rule != "unlabeled-mount" && finding.rule != "seccomp-unconfined";
                    if fix.safety == Safety::Safe && about_image {
                        assert!(entry.uncertain.is_none() && !entry.fallback, "{image}: {fix:?}");
                        safe += 1;
                    }
                }
            }
        }
    }
    assert!(safe > 60, "{safe}");
}

#[test]
fn privileged_speaks_for_what_it_hides() {
    assert_eq!(
        all_found(&launch("podman -v ./certs:/certs --privileged registry:2")),
        ["privileged"]
    );
    assert_eq!(
        all_found(&launch("podman -v ./certs:/certs registry:2")),
        ["missing-cap-drop", "unlabeled-mount"]
    );
    assert_eq!(
        all_found(&launch("podman -v ./certs:/certs:Z --cap-drop=all registry:2")),
        [""; 0]
    );
    assert_eq!(
        all_found(&launch("docker --privileged docker:27-dind")),
        [""; 0],
        "it is allowed"
    );
}

#[test]
fn what_cannot_be_read_makes_a_rule_careful() {
    let mut container = launch("podman -v ./data:/data example.org/app");
    let place = container.place();
    container.unseen.push(Unseen {
        place,
        text: "$OPTS".into(),
        hides: None,
    });
    let found = found_by("unlabeled-mount", &container);
    assert!(found[0].message.starts_with("SELinux may not let"));
    assert_eq!(short(&found[0]), "unsafe: Private");
    assert!(found_by("missing-cap-drop", &container).is_empty());
    let privileged = Container {
        unseen: container.unseen.clone(),
        ..launch("docker --privileged redis:7")
    };
    assert_eq!(
        short(&found_by("privileged", &privileged)[0]),
        "unsafe: remove -all +CHOWN +DAC_OVERRIDE +FOWNER +KILL +SETGID +SETPCAP +SETUID"
    );
}

#[test]
fn another_command_than_the_images_own_may_need_anything() {
    let found = found_by("undropped-capabilities", &launch("podman registry:2 sh"));
    assert!(!found[0].message.contains("needs none"), "{}", found[0].message);
    assert!(found[0].notes[0].contains("here it runs another command"));
    assert!(found[0].helps[0].starts_with("if the container then fails"));
    assert!(
        found_by("missing-cap-drop", &launch("podman registry:2"))[0]
            .message
            .contains("needs none")
    );
    let twice =
        launch("docker -v /dev/net/tun:/dev/net/tun -v /dev/a:/dev/a -v /dev/net/tun:/t --privileged qmcgaw/gluetun");
    assert_eq!(
        short(&found_by("privileged", &twice)[0]),
        "unsafe: remove +NET_ADMIN Device=/dev/net/tun Device=/dev/a"
    );
}

#[test]
fn a_pod_is_judged_by_what_its_containers_take_over() {
    let pod = |words: &str| {
        let mut pod = launch(&format!("podman {words}"));
        pod.syntax = Syntax::Pod;
        pod
    };
    let found = found_by("unlabeled-mount", &pod("-v ./x:/x"));
    assert_eq!(found[0].message, "SELinux does not let the pod read or write `/x`");
    assert_eq!(short(&found[0]), "unsafe: Private");
    assert_eq!(all_found(&pod("--pid=host -v ./x:/x")), ["host-pid"]);
    let shared = &found_by("host-pid", &pod("--pid=host"))[0];
    assert!(shared.message.starts_with("the pod may see"), "{}", shared.message);
    assert_eq!(all_found(&pod("--network=host")), ["host-network"]);
}

#[test]
fn capabilities_are_dropped_by_what_is_known() {
    for (command, rules, fix) in [
        ("podman registry:2", &["missing-cap-drop"][..], "safe: -all"),
        (
            "docker nginx",
            &["missing-cap-drop"],
            "safe: -all +CHOWN +DAC_OVERRIDE +FOWNER +KILL +NET_BIND_SERVICE +SETGID +SETUID",
        ),
        (
            "docker --cap-drop=SETUID nginx",
            &["missing-cap-drop"],
            "safe: -all +CHOWN +DAC_OVERRIDE +FOWNER +KILL +NET_BIND_SERVICE +SETGID",
        ),
        ("docker --user=101 nginx", &["undropped-capabilities"], "unsafe: -all"),
        ("docker --user=999 postgres", &["undropped-capabilities"], "safe: -all"),
        (
            "docker qmcgaw/gluetun",
            &["undropped-capabilities"],
            "none: what `qmcgaw/gluetun` needs of the default capabilities has not been tried",
        ),
        (
            "docker --cap-drop=NET_RAW example.org/app",
            &["missing-cap-drop"],
            "unsafe: -all",
        ),
        (
            "docker example.org/app",
            &["undropped-capabilities", "unknown-needs"],
            "unsafe: -all",
        ),
    ] {
        let container = launch(command);
        let found: Vec<Finding> = CAP_DROP.iter().flat_map(|rule| found_by(rule, &container)).collect();
        assert_eq!(found.iter().map(|f| f.rule).collect::<Vec<_>>(), rules, "{command}");
        assert_eq!(short(&found[0]), fix, "{command}");
    }
    for silent in [
        "docker --cap-drop=ALL x",
        "docker --cap-drop=all x",
        "docker --cap-drop=$X x",
        "docker --cap-add=ALL x",
        "docker prom/node-exporter",
        "docker --user=1000 gcr.io/distroless/static:nonroot",
    ] {
        let container = launch(silent);
        let mut found = CAP_DROP.iter().flat_map(|rule| found_by(rule, &container));
        assert!(found.next().is_none(), "{silent}");
    }
    let found = found_by("all-capabilities", &launch("docker --cap-add=all registry:2"));
    assert_eq!(short(&found[0]), "safe: remove -all");
}
