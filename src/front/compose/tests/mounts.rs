//! Mounts of services: labels, volumes of the host, configs and secrets.

use super::*;

#[test]
fn labels_that_compose_loses_are_told() {
    let text = "volumes:
  data: {driver_opts: {type: none, o: bind, device: /host/v}}
services:
  a:
    image: x
    volumes:
      - ./a:/a:rshared,z
      - {type: bind, source: ./b, target: /b, bind: {selinux: Z}}
      - {type: bind, source: ./c, target: /c, bind: {selinux: Z, create_host_path: true}}
      - {type: bind, source: ./d, target: /d, bind: {selinux: z, propagation: rslave}}
      - data:/v
";
    let reading = reading(text);
    let mounts = &reading.containers[0].mounts;
    let lost: Vec<bool> = mounts.iter().map(|m| m.value.relabel_lost.is_some()).collect();
    assert_eq!(lost, [true, true, false, true, false]);
    assert_eq!(mounts[2].value.relabel, Relabel::Private);
    assert!(mounts[4].value.is_bind());
    assert_eq!(reading.source().slice(mounts[4].place.value), "/host/v");
    assert_eq!(reading.source().slice(mounts[4].place.entry), "- data:/v");
}

#[test]
fn volumes_that_are_of_the_host_are_told() {
    let text = "volumes:
  root: {driver_opts: {type: none, o: 'bind,ro', device: /}}
  disk: {driver_opts: {type: ext4, device: /dev/sda1}}
  share: {driver_opts: {type: nfs, o: addr=1, device: ':/x'}}
services: {s: {image: x, volumes: [root:/a, disk:/b, share:/c]}}
";
    let mounts = reading(text).containers[0].facts().mounts;
    let found: Vec<_> = mounts
        .iter()
        .map(|m| (m.kind.as_str(), m.source.as_deref().unwrap(), m.read_only))
        .collect();
    assert_eq!(
        found,
        [
            ("bind", "/", true),
            ("volume", "/dev/sda1", false),
            ("volume", "share", false)
        ]
    );
}

/// As podman-compose 1.6 calls podman.
#[test]
fn podman_keeps_labels_and_may_drop_namespaces() {
    let text = "services:
  a:
    image: x
    pid: host
    ipc: host
    volumes:
      - ./b:/b:rshared,Z
      - {type: bind, source: ./c, target: /c, bind: {selinux: Z}}
      - {type: bind, source: ./d, target: /d, bind: {selinux: z, propagation: rshared}}
      - {type: bind, source: ./e, target: /e, bind: {selinux: z, create_host_path: false}}
      - v:/v:Z
volumes: {v: {}}
";
    let reading = reading_for(Engine::Podman, &[("compose.yaml", text)]);
    let c = &reading.containers[0];
    let labels: Vec<Relabel> = c.mounts.iter().map(|m| m.value.relabel).collect();
    use Relabel::{None, Private, Shared};
    assert_eq!(labels, [Private, Private, Shared, Shared, None]);
    let one = [("compose.yaml", "services: {a: {image: x, privileged: 1}}\n")];
    assert_eq!(reading_for(Engine::Podman, &one).containers[0].privileged(), Tri::Maybe);
    let certain = |ns| c.namespace(ns).unwrap().certain;
    assert!(certain(Namespace::Pid) && !certain(Namespace::Ipc));
}

#[test]
fn configs_and_secrets_are_mounts_whether_or_not_they_are_files_of_the_host() {
    let text = "services:
  web:
    image: nginx
    configs: [{source: site, target: /etc/nginx/nginx.conf}, plain]
    secrets: [key, {source: kept, target: /run/other}]
configs: {site: {content: x}, plain: {file: ./plain}}
secrets: {key: {file: ./key}, kept: {external: true}}
";
    let read = reading(text);
    let mounts = read.containers[0].mounts.iter().map(|w| {
        let of = |text: &Option<Text>| text.as_ref().and_then(|t| t.known()).map(|t| t.into_owned());
        (
            w.value.kind.as_str(),
            of(&w.value.target),
            of(&w.value.source).is_some(),
        )
    });
    let said: Vec<_> = mounts
        .map(|(kind, target, host)| (kind, target.unwrap(), host))
        .collect();
    let wanted = [
        ("config", "/etc/nginx/nginx.conf", false),
        ("bind", "/plain", true),
        ("bind", "/run/secrets/key", true),
        ("secret", "/run/other", false),
    ];
    assert_eq!(said, wanted.map(|(kind, target, host)| (kind, target.to_owned(), host)));
}
