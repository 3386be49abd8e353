//! What a safe fix leaves a container on the paths that its text does not rule out: a port that a word or a
//! file names, a script that is mounted, a file of somebody else, a switch that keeps it root, a version of
//! which nothing is known.

use std::path::Path;

use privlint::fix::Safety;
use privlint::front::Kind;

use crate::samples::{Sample, settings};

fn sample(name: &str, text: &str) -> Sample {
    let kind = match Path::new(name).extension().and_then(|e| e.to_str()) {
        Some("md") => Kind::Markdown,
        Some("container") => Kind::Quadlet,
        Some("yaml") => Kind::Compose,
        _ => Kind::Shell,
    };
    Sample {
        from: name.to_owned(),
        path: name.into(),
        kind,
        text: text.to_owned(),
        settings: settings("", None, None),
    }
}

fn fixed(name: &str, text: &str) -> String {
    sample(name, text).fix(text, Safety::Safe).text
}

/// The words about capabilities that the safe fixes add.
fn added(launch: &str) -> Vec<String> {
    let after = fixed("run.sh", launch);
    let words = after.split_whitespace().filter(|word| word.starts_with("--cap-"));
    let given: Vec<&str> = launch.split_whitespace().collect();
    words.filter(|word| !given.contains(word)).map(str::to_owned).collect()
}

#[test]
fn a_low_port_is_ruled_out_where_nothing_may_name_one() {
    let port = "--cap-add=NET_BIND_SERVICE".to_owned();
    for launch in [
        "podman run -d quay.io/minio/minio server /data --address :80",
        "podman run -e REGISTRY_HTTP_ADDR registry:2",
        "podman run -e REGISTRY_HTTP_ADDR=:443 registry:2",
        "podman run -v ./c.yml:/etc/docker/registry/config.yml registry:2",
        "podman run -v ./c:/c registry:2 serve /c/config.yml",
        "podman run --env-file .env registry:2",
        "docker run --sysctl net.ipv4.ip_unprivileged_port_start=80 traefik --entrypoints.dns.address=:53/udp",
    ] {
        assert!(added(launch).contains(&port), "{launch}: {:?}", added(launch));
    }
    for launch in [
        "podman run -d quay.io/minio/minio server /data --address :9000",
        "podman run -v \"$(pwd)\"/certs:/certs -e REGISTRY_HTTP_TLS_CERTIFICATE=/certs/domain.crt registry:2",
        "podman run -e REGISTRY_HTTP_ADDR=:5443 registry:2",
    ] {
        assert!(!added(launch).contains(&port), "{launch}: {:?}", added(launch));
    }
}

#[test]
fn files_of_somebody_else_may_come_by_a_secret_and_by_a_tmpfs() {
    for (launch, all) in [
        (
            "docker run --tmpfs /var/lib/registry:uid=1000,mode=0700 registry:2",
            false,
        ),
        ("podman run --secret key,uid=1000,mode=0400 registry:2", false),
        ("podman run -v /root/certs:/certs:ro registry:2", false),
        (
            "podman run -v ./certs:/certs:ro registry:2\nchown 1000 certs/domain.key",
            false,
        ),
        ("docker run --tmpfs /var/lib/registry:size=1g registry:2", true),
        ("podman run -v ./certs:/certs:ro registry:2", true),
    ] {
        let kept = added(launch).contains(&"--cap-add=DAC_OVERRIDE".to_owned());
        assert_eq!(kept, !all, "{launch}: {:?}", added(launch));
    }
    let page =
        |prompt: &str| format!("```console\n{prompt} podman run --privileged -v ./certs:/certs:ro registry:2\n```\n");
    assert!(fixed("a.md", &page("#")).contains("DAC_OVERRIDE"));
    assert!(!fixed("a.md", &page("$")).contains("DAC_OVERRIDE"));
    let unit = "[Container]\nImage=docker.io/library/registry:2\nSecret=key,uid=1000\n";
    assert!(fixed("a.container", unit).contains("AddCapability=DAC_OVERRIDE"));
}

#[test]
fn nothing_is_safe_where_the_text_starts_something_else_as_root() {
    for launch in [
        "docker run -v ./init.sh:/etc/bitwarden_rs.sh vaultwarden/server",
        "docker run -v ./start.sh:/start.sh vaultwarden/server",
        "docker run -v ./x:/etc/cont-init.d/99-x nginx",
        "docker run -v ./healthcheck.sh:/healthcheck.sh --health-cmd /healthcheck.sh registry:2",
        "docker run -e EXTENSION_SCRIPT=/ext/init.sh -v ./ext:/ext neo4j:5",
        "docker run -e CONSUL_DISABLE_PERM_MGMT=1 hashicorp/consul agent -dev",
        "docker run -e CLICKHOUSE_UID=0 clickhouse/clickhouse-server",
        "docker run php:8.3-fpm php-fpm -R",
        "docker run registry@sha256:aa",
        "docker run --cap-drop MKNOD grafana/grafana:$TAG",
    ] {
        assert!(added(launch).is_empty(), "{launch}: {:?}", added(launch));
    }
    for (key, value) in [
        ("labels", "{ofelia.job-exec.cron.command: ping -c1 x}"),
        (
            "develop",
            "{watch: [{action: sync+exec, path: x, target: /x, exec: {command: ping x}}]}",
        ),
    ] {
        let text = format!("services:\n  n:\n    image: nginx\n    {key}: {value}\n");
        assert_eq!(fixed("compose.yaml", &text), text);
    }
    let plain = "services:\n  n:\n    image: nginx\n    labels: {a: b}\n";
    assert!(fixed("compose.yaml", plain).contains("cap_drop"));
}

#[test]
fn what_a_mounted_configuration_may_ask_for_stays() {
    for (launch, kept) in [
        (
            "docker run -v ./p.conf:/usr/local/etc/php-fpm.d/zz.conf wordpress:fpm",
            "SYS_CHROOT",
        ),
        (
            "docker run -v ./c.conf:/etc/apache2/conf-enabled/c.conf nextcloud",
            "SYS_CHROOT",
        ),
        (
            "docker run -v ./md.load:/etc/apache2/mods-enabled/md.load phpmyadmin:5",
            "FOWNER",
        ),
        ("docker run -v ./conf:/conf nginx nginx -c /conf/nginx.conf", "NET_RAW"),
        ("docker run -v ./c.conf:/etc/nginx/conf.d/c.conf nginx", "NET_RAW"),
    ] {
        let wanted = format!("--cap-add={kept}");
        assert!(added(launch).contains(&wanted), "{launch}: {:?}", added(launch));
    }
    let plain = added("docker run -v ./html:/usr/share/nginx/html nginx");
    assert!(!plain.contains(&"--cap-add=NET_RAW".to_owned()) && !plain.is_empty());
}

#[test]
fn a_variable_may_be_set_by_a_pattern_or_a_secret() {
    for launch in [
        "podman run -e 'MINIO_*' quay.io/minio/minio server /data",
        "podman run --secret u,type=env,target=MINIO_USERNAME quay.io/minio/minio server /data",
        "podman run -e MINIO_USERNAME quay.io/minio/minio server /data",
    ] {
        assert!(added(launch).contains(&"--cap-add=SETUID".to_owned()), "{launch}");
    }
    let plain = added("podman run --secret u quay.io/minio/minio server /data");
    assert!(!plain.contains(&"--cap-add=SETUID".to_owned()) && !plain.is_empty());
}

#[test]
fn a_program_with_a_file_capability_needs_it_whoever_runs_it() {
    let kept = added("docker run --cap-drop MKNOD --user node-red nodered/node-red:4");
    assert_eq!(kept, ["--cap-drop=all", "--cap-add=NET_RAW"]);
}

#[test]
fn the_flag_stays_where_more_than_capabilities_may_hang_on_it() {
    let run = |tag: &str| format!("docker run --privileged -e POSTGRES_PASSWORD=x postgres:{tag}\n");
    assert!(fixed("run.sh", &run("18")).contains("--privileged"), "io_uring");
    assert!(fixed("run.sh", &run("latest")).contains("--privileged"), "io_uring");
    assert!(!fixed("run.sh", &run("17")).contains("--privileged"));
    let mounted = "docker run --privileged -v ./certs:/certs registry:2\n";
    assert_eq!(fixed("run.sh", mounted), mounted, "the daemon may confine with SELinux");
    // where a unit is installed is not known
    let labelled = |name: &str, text: &str| sample(name, text).fix(text, Safety::Unsafe).text;
    let template = "[Container]\nImage=quay.io/x/y\nDropCapability=all\nVolume=./data:/data\n";
    assert!(
        labelled("web@.container", template).contains(":/data:z\n"),
        "each instance mounts it"
    );
    assert!(labelled("web.container", template).contains(":/data:Z\n"));
}

#[test]
fn what_an_example_merely_does_not_drop_is_not_told_by_default() {
    let found = |name: &str, text: &str| {
        let report = sample(name, text).lint(text);
        report.diagnostics.iter().map(|d| d.finding.rule).collect::<Vec<_>>()
    };
    let page = |options: &str| format!("```sh\npodman run -d {options} registry:2\n```\n");
    assert!(found("run.sh", "podman run -d registry:2\n").contains(&"missing-cap-drop"));
    assert!(!found("a.md", &page("")).contains(&"missing-cap-drop"));
    assert!(found("a.md", &page("--cap-drop=KILL")).contains(&"missing-cap-drop"));
    assert!(found("a.md", &page("--privileged")).contains(&"privileged"));
}
