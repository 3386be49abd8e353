#![allow(clippy::unwrap_used)]

use super::*;
use crate::container::{Engine, FileId, Mount, MountKind, PieceKind, Place, Syntax, Text, Written};
use crate::source::Span;

fn written(text: &str) -> Written<Text> {
    Written::new(
        Text::cooked(text, Span::default()),
        Place::new(Span::default(), Span::default()),
    )
}

fn launch(engine: Engine, image: &str) -> Container {
    let mut container = Container::new(Syntax::Command, engine, FileId(0), Span::default(), Span::default());
    container.image = Some(written(image));
    container.rootless = engine == Engine::Podman;
    container
}

fn mount(kind: MountKind, source: &str, target: &str) -> Written<Mount> {
    let mut mount = Mount::new(kind, Text::new());
    mount.source = Some(written(source).value);
    mount.target = Some(written(target).value);
    Written::new(mount, Place::new(Span::default(), Span::default()))
}

fn bind(source: &str, target: &str) -> Written<Mount> {
    mount(MountKind::Bind, source, target)
}

fn sorted(needs: &Needs) -> Vec<&str> {
    let mut names = needs.names();
    names.sort_unstable();
    names
}

#[test]
fn rootless_podman_reads_the_callers_keys_and_docker_may_meet_those_of_somebody_else() {
    let mut podman = launch(Engine::Podman, "registry:2");
    podman.environment = vec![written("REGISTRY_HTTP_ADDR=0.0.0.0:5000")];
    podman.ports = vec![written("5000:5000")];
    podman.mounts = vec![bind("./certs", "/certs")];
    let got = needs(&podman).unwrap();
    assert_eq!((got.names(), got.trust), (vec![], Trust::Sure));
    assert!(got.facts[0].starts_with("DAC_OVERRIDE is not needed for the mounts"));

    let mut given = podman.clone();
    given.around.given_away = Some("`podman unshare chown` gives files away".into());
    assert_eq!(needs(&given).unwrap().names(), ["DAC_OVERRIDE"]);
    let mut root = podman.clone();
    root.rootless = false;
    assert_eq!(needs(&root).unwrap().names(), ["DAC_OVERRIDE"]);

    let mut docker = podman.clone();
    docker.engine = Engine::Docker;
    docker.rootless = false;
    assert_eq!(needs(&docker).unwrap().names(), ["DAC_OVERRIDE"]);
    docker.mounts = vec![mount(MountKind::Volume, "data", "/var/lib/registry")];
    assert_eq!(needs(&docker).unwrap().names(), ["DAC_OVERRIDE"]);
    docker.mounts.clear();
    assert!(needs(&docker).unwrap().names().is_empty());
}

#[test]
fn a_low_port_counts_unless_it_is_open_to_everybody() {
    let needed = |container: &Container| needs(container).unwrap().names().contains(&"NET_BIND_SERVICE");
    let mut podman = launch(Engine::Podman, "registry:2");
    assert!(!needed(&podman));
    podman.environment = vec![written("REGISTRY_HTTP_ADDR=:443")];
    assert!(needed(&podman));
    podman.sysctls = vec![written("net.ipv4.ip_unprivileged_port_start=0")];
    assert!(!needed(&podman));
    let mut docker = launch(Engine::Docker, "nginx");
    // whether docker lowers it depends on its version and on the kernel
    assert!(needed(&docker));
    docker.sysctls = vec![written("net.ipv4.ip_unprivileged_port_start=1024")];
    assert!(needed(&docker));
    docker.sysctls.clear();
    for mode in ["host", "container:vpn", "service:vpn"] {
        docker.namespaces = vec![crate::container::NamespaceSetting {
            namespace: crate::container::Namespace::Network,
            mode: written(mode),
        }];
        assert!(needed(&docker), "{mode}");
    }
    // in the host's network a file may say any port
    let mut registry = docker.clone();
    registry.image = Some(written("registry:2"));
    assert!(needed(&registry));
}

#[test]
fn a_database_needs_on_its_first_start_what_any_later_one_does() {
    let every = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"];
    let mut postgres = launch(Engine::Docker, "postgres:16");
    assert_eq!(sorted(&needs(&postgres).unwrap()), every);
    postgres.removed_on_exit = true;
    postgres.mounts = vec![mount(MountKind::Tmpfs, "", "/var/lib/postgresql/data")];
    assert_eq!(sorted(&needs(&postgres).unwrap()), every);
    postgres.engine = Engine::Podman;
    postgres.rootless = true;
    assert_eq!(sorted(&needs(&postgres).unwrap()), every);
    postgres.user = Some(written("999:999"));
    let got = needs(&postgres).unwrap();
    assert_eq!((got.names(), got.trust), (vec![], Trust::Sure));
}

#[test]
fn a_tag_that_may_be_several_versions_needs_what_any_of_them_does() {
    let needed = |image: &str| sorted(&needs(&launch(Engine::Docker, image)).unwrap()).join(" ");
    assert_eq!(needed("elasticsearch:8.1.0"), "");
    for image in ["elasticsearch", "elasticsearch:latest", "elasticsearch@sha256:00"] {
        assert!(needed(image).contains("SYS_CHROOT"), "{image}");
    }
}

#[test]
fn what_is_known_is_not_relied_on_where_the_launch_says_otherwise() {
    let trust = |change: &dyn Fn(&mut Container)| {
        let mut container = launch(Engine::Docker, "redis:7");
        change(&mut container);
        needs(&container).map(|n| n.trust)
    };
    let words = |line: &str| -> Vec<Text> { line.split(' ').map(|w| written(w).value).collect() };
    assert_eq!(trust(&|_| {}), Some(Trust::Sure));
    assert_eq!(trust(&|c| c.command = words("--appendonly yes")), Some(Trust::Sure));
    assert_eq!(trust(&|c| c.command = words("sh")), Some(Trust::Likely));
    assert_eq!(trust(&|c| c.entrypoint = Some(written("/x"))), Some(Trust::Guess));
    assert_eq!(
        trust(&|c| c.image = Some(written("mirror.example/redis:7"))),
        Some(Trust::Guess)
    );
    assert_eq!(trust(&|c| c.image = Some(written("example.org/app"))), None);
    assert_eq!(trust(&|c| c.image = Some(written("docker:dind"))), Some(Trust::Likely));
    // something else runs in it
    assert_eq!(trust(&|c| c.terminal = true), Some(Trust::Likely));
    assert_eq!(
        trust(&|c| c.around.worked_in = Some("`docker exec` runs `sh` in it".into())),
        Some(Trust::Likely)
    );
    assert_eq!(trust(&|c| c.health = words("redis-cli ping")), Some(Trust::Sure));
    assert_eq!(trust(&|c| c.health = words("ping gateway")), Some(Trust::Likely));
    // an ordinary image that may be made root
    let user = |name: &'static str| {
        trust(&move |c| {
            c.image = Some(written("prom/prometheus:v3"));
            c.user = Some(written(name));
        })
    };
    assert_eq!(user("1000"), Some(Trust::Sure));
    assert_eq!(user("root"), Some(Trust::Guess));
}

#[test]
fn a_name_beside_a_build_is_only_what_the_result_is_called() {
    let mut service = launch(Engine::Docker, "postgres:16");
    service.build = Some(crate::container::Build::default());
    assert!(needs(&service).is_none());
    service.built = Some(Box::new(crate::container::BuiltImage {
        dockerfile: "Dockerfile".into(),
        base: Some(written("postgres:16").value),
        ..Default::default()
    }));
    assert_eq!(needs(&service).unwrap().trust, Trust::Likely);
}

#[test]
fn the_command_of_an_image_without_a_program_decides() {
    let trust = |line: &str| {
        let mut container = launch(Engine::Docker, "alpine:3.20");
        let words = shell_words::split(line).unwrap();
        container.command = words.iter().map(|w| written(w).value).collect();
        needs(&container).unwrap().trust
    };
    for line in [
        "echo hello",
        "env A=b echo x",
        "date",
        "sh -c 'echo a; uname -a'",
        "cat /etc/os-release",
    ] {
        assert_eq!(trust(line), Trust::Sure, "{line}");
    }
    for line in [
        "",
        "sleep infinity",
        "apk add git",
        "date -s 2024-01-01",
        "hostname other",
        "env A=b apk add x",
    ] {
        assert!(trust(line) < Trust::Sure, "{line}");
    }
}

#[test]
fn a_default_proves_nothing_of_what_is_needed() {
    let assumed = |before: &str, value: &str| {
        let mut written = written(before);
        written
            .value
            .push(value.to_owned(), Span::default(), PieceKind::Assumed);
        written
    };
    let plain = launch(Engine::Docker, "registry:2");
    assert_eq!(sorted(&needs(&plain).unwrap()), [""; 0]);
    // the port that is listened on
    let mut moved = plain.clone();
    moved.environment.push(assumed("REGISTRY_HTTP_ADDR=", ":5000"));
    assert_eq!(sorted(&needs(&moved).unwrap()), ["NET_BIND_SERVICE"]);
    let mut other = plain.clone();
    other.environment.push(assumed("TZ=", "UTC"));
    assert_eq!(sorted(&needs(&other).unwrap()), [""; 0]);
    // the network, and the port behind a published one
    let mut shared = plain.clone();
    shared.namespaces.push(crate::container::NamespaceSetting {
        namespace: crate::container::Namespace::Network,
        mode: assumed("", "bridge"),
    });
    assert_eq!(sorted(&needs(&shared).unwrap()), ["NET_BIND_SERVICE"]);
    let mut published = plain.clone();
    published.ports.push(assumed("5000:", "5000"));
    assert_eq!(sorted(&needs(&published).unwrap()), ["NET_BIND_SERVICE"]);
    published.ports = vec![written("5000:5000")];
    assert_eq!(sorted(&needs(&published).unwrap()), [""; 0]);
    // what is started, and of which image
    let mut command = plain.clone();
    command.command.push(assumed("", "serve").value);
    assert!(needs(&command).unwrap().trust < Trust::Sure);
    let mut image = plain;
    image.image = Some(assumed("", "registry:2"));
    let needs = needs(&image).unwrap();
    assert_eq!((needs.trust, needs.entry.name.as_str()), (Trust::Likely, "registry"));
    assert!(needs.doubt.unwrap().contains("default"));
}
