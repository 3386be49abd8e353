#![allow(clippy::unwrap_used, clippy::string_slice, clippy::expect_used)]

mod edits;
mod mounts;
mod projects;

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::container::{Namespace, Switch, Syntax, Text, Tri, ViaKind};

pub(super) fn reading_with(files: &[(&str, &str)]) -> Reading {
    reading_for(Engine::Unknown, files)
}

fn reading_for(engine: Engine, files: &[(&str, &str)]) -> Reading {
    let open = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| (*text).to_owned())
    };
    let surroundings = Surroundings {
        engine,
        open: &open,
        list: &|folder| {
            let paths = files.iter().map(|(name, _)| Path::new(name).to_path_buf());
            paths
                .filter(|path| {
                    path.parent()
                        .is_some_and(|own| own == folder || (folder == Path::new(".") && own == Path::new("")))
                })
                .collect()
        },
        ..Surroundings::none()
    };
    let source = Arc::new(Source::new(files[0].0, files[0].1));
    crate::front::read(Kind::Compose, &source, &surroundings)
}

pub(super) fn reading(text: &str) -> Reading {
    reading_with(&[("compose.yaml", text)])
}

#[test]
fn a_file_that_only_podman_compose_looks_for_is_run_by_podman() {
    let text = "services:\n  a:\n    image: x\n";
    for (name, engine) in [
        ("deploy/podman-compose.yml", Engine::Podman),
        ("podman-compose.yaml", Engine::Podman),
        ("compose.yaml", Engine::Docker),
    ] {
        assert_eq!(reading_with(&[(name, text)]).containers[0].engine, engine, "{name}");
    }
}

fn shown(list: &[crate::container::Written<crate::container::Text>]) -> Vec<String> {
    list.iter().map(|w| w.value.shown()).collect()
}

#[test]
fn a_service_says_what_its_keys_say() {
    let text = "services:
  web:
    image: nginx:1
    privileged: yes
    cap_add: [NET_ADMIN, \"SYS_TIME\"]
    cap_drop:
      - ALL
    security_opt: ['label=disable']
    pid: host
    network_mode: \"service:db\"
    user: 0:0
    read_only: 'on'
    environment: {A: 1, B: , C: \"x\"}
    labels: [a=b]
    sysctls: {net.x: 1}
    devices: [/dev/a:/dev/b:r, {source: /dev/c, target: /dev/d}]
    volumes:
      - ./data:/data
      - type: bind
        source: ~/x
        target: /x
        read_only: true
      - db:/db:Z
    tmpfs: /run:size=1m
    gpus: all
    deploy: {replicas: 3}
    build: {context: ., privileged: true, entitlements: [security.insecure]}
    command: sh -c 'a b'
";
    let reading = reading(text);
    assert_eq!(reading.problems, []);
    let c = &reading.containers[0];
    assert_eq!(c.syntax, Syntax::Compose);
    assert_eq!(reading.source().slice(c.head), "web");
    assert!(reading.source().slice(c.body).starts_with("web:\n"));
    assert!(reading.source().slice(c.body).ends_with("'a b'"));
    assert_eq!(c.privileged(), Tri::Yes);
    assert_eq!(reading.source().slice(c.privileged[0].place.value), "privileged: yes");
    assert_eq!(shown(&c.cap_add), ["NET_ADMIN", "SYS_TIME"]);
    assert_eq!(shown(&c.cap_drop), ["ALL"]);
    assert_eq!(reading.source().slice(c.cap_drop[0].place.entry), "- ALL");
    assert_eq!(shown(&c.security_opt), ["label=disable"]);
    assert!(c.namespace(Namespace::Pid).unwrap().value.is("host"));
    assert_eq!(c.read_only[0].value, Switch::On);
    assert_eq!(shown(&c.environment), ["A=1", "B", "C=x"]);
    assert_eq!(shown(&c.sysctls), ["net.x=1"]);
    assert_eq!(shown(&c.devices), ["/dev/a:/dev/b:r", "/dev/c:/dev/d"]);
    let mounts: Vec<_> = c.facts().mounts;
    assert_eq!(mounts.len(), 4);
    assert_eq!(mounts[0].kind, "bind");
    assert_eq!(mounts[1].source.as_deref(), Some("~/x"));
    assert!(mounts[1].read_only);
    assert_eq!(
        (mounts[2].kind.as_str(), mounts[2].relabel),
        ("volume", Relabel::Private)
    );
    assert_eq!(mounts[3].kind, "tmpfs");
    assert_eq!(c.replicas, 3);
    assert_eq!(
        c.command.iter().map(|t| t.shown()).collect::<Vec<_>>(),
        ["sh", "-c", "a b"]
    );
    let build = c.build.as_ref().unwrap();
    assert!(build.context.as_ref().unwrap().value.is("."));
    assert_eq!(build.privileged.as_ref().unwrap().value, Switch::On);
    assert_eq!(shown(&build.entitlements), ["security.insecure"]);
    assert_eq!(reading.selinux_hints.len(), 2);
}

#[test]
fn aliases_and_merge_keys_are_followed_and_told() {
    let text = "x-base: &base
  privileged: true
  volumes: &vols
    - &sock /var/run/docker.sock:/s
x-more: &more {<<: *base, cap_add: [A]}
services:
  a:
    <<: *more
    image: x
  b:
    <<: [*base, *more]
    privileged: false
    volumes: *vols
  c: {image: y, volumes: [*sock]}
  d: {image: z, <<: *nowhere}
";
    let reading = reading(text);
    let [a, b, c, d] = reading.containers.as_slice() else {
        panic!()
    };
    assert_eq!(a.privileged(), Tri::Yes);
    let via: Vec<_> = a.privileged[0]
        .place
        .via
        .iter()
        .map(|v| (v.kind, v.name.as_str()))
        .collect();
    assert_eq!(via, [(ViaKind::MergeKey, "more"), (ViaKind::MergeKey, "base")]);
    assert_eq!(reading.source().slice(a.privileged[0].place.entry), "privileged: true");
    assert_eq!(b.privileged(), Tri::No);
    assert_eq!(b.cap_add.len(), 1);
    assert_eq!(b.mounts[0].place.via[0].kind, ViaKind::Alias);
    let place = &c.mounts[0].place;
    assert_eq!(reading.source().slice(place.value), "/var/run/docker.sock:/s");
    assert_eq!(reading.source().slice(place.entry), "*sock");
    assert!(a.mounts[0].place.same(place) && b.mounts[0].place.same(place));
    assert!(d.may_hide(Key::CapDrop));
    assert_eq!(reading.problems.len(), 1);
}

use crate::container::Key;

#[test]
fn variables_are_holes_unless_a_default_or_an_env_file_says_them() {
    let text = "services:
  a:
    image: ${IMAGE}:${TAG:-1}
    privileged: ${P:-true}
    read_only: ${R}
    volumes: ['${PWD}/a:/a', '${DATA:-./d}:/d${OPT:-}', '$V']
    user: $$x
";
    let reading = reading_with(&[("d/compose.yaml", text), ("d/.env", "IMAGE=nginx\n")]);
    let c = &reading.containers[0];
    assert!(c.image.as_ref().unwrap().value.is("nginx:1"));
    assert_eq!(c.privileged(), Tri::Yes);
    assert_eq!(c.privileged[0].place.via[0].kind, ViaKind::Variable);
    assert_eq!(c.read_only[0].value, Switch::Unknown);
    assert_eq!(
        c.mounts[0].value.source.as_ref().unwrap().leading_hole(),
        Some(&crate::container::Hole::WorkingDirectory)
    );
    assert!(c.mounts[1].value.is_bind() && c.mounts[1].value.source.as_ref().unwrap().is("./d"));
    assert!(matches!(
        c.mounts[1].value.labelling,
        crate::container::Labelling::Impossible(_)
    ));
    assert!(c.user.as_ref().unwrap().value.is("$x"));
}

#[test]
fn values_that_compose_refuses_are_problems_and_errors_end_only_their_document() {
    let text = "services:\n  a: {image: x, privileged: 1}\n---\nservices:\n  b:\n    image: [x\n---\nservices:\n  c: {image: y}\n";
    let reading = reading(text);
    let names: Vec<_> = reading.containers.iter().map(|c| c.called()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(reading.containers[1].may_hide(Key::CapDrop));
    assert!(!reading.containers[2].may_hide(Key::CapDrop));
    assert_eq!(
        reading.problems.iter().map(|p| p.ends_reading).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(reading.containers[0].privileged(), Tri::No);
}

#[test]
fn keys_of_a_service_that_stand_beside_it_are_no_services() {
    for (text, expected) in [
        (
            "services:\n  a:\n    image: x\n  ports:\n    - 80:80\n  command: [sh]\n",
            vec!["a"],
        ),
        ("services:\n  a:\n    image: x\n  build:\n    context: .\n", vec!["a"]),
        (
            "services:\n  build: {image: x}\n  command: {build: .}\n  deploy: {image: y}\n",
            vec!["build", "command", "deploy"],
        ),
    ] {
        let found: Vec<_> = reading(text).containers.iter().map(|c| c.called()).collect();
        assert_eq!(found, expected, "{text}");
    }
    let text = "services: {a: {image: x, security_opt: 'seccomp:unconfined'}}\n";
    let reading = reading(text);
    assert!(reading.problems[0].message.contains("`security_opt` is a list"));
    assert!(reading.containers[0].security_opt.is_empty());
}

#[test]
fn refused_values_are_said_where_they_stand() {
    for (key, refused) in [
        ("privileged: [true]", "a list"),
        ("privileged: 1", "`1`"),
        ("cgroup: bad", "`bad`"),
        ("security_opt: [label=disable, disable]", "`disable`"),
        ("security_opt: ['foo=bar']", "`foo`"),
        ("security_opt: ['no-new-privileges=maybe']", "`maybe`"),
        (
            "volumes: [{type: bind, source: ./a, target: /a, bind: {selinux: zZ}}]",
            "`zZ`",
        ),
    ] {
        let reading = reading(&format!("services: {{a: {{image: x, {key}}}}}\n"));
        let values = reading.containers[0].refused();
        let problems = reading.problems.iter().map(|p| p.message.as_str());
        let said: Vec<_> = problems.chain(values.iter().map(|w| w.value.why.as_str())).collect();
        assert!(said.len() == 1 && said[0].contains(refused), "{key}: {said:?}");
        assert_eq!(reading.containers[0].privileged(), Tri::No);
    }
    let sound =
        "services: {a: {image: x, cgroup: host, security_opt: ['seccomp:unconfined', no-new-privileges, $X]}}\n";
    let reading = reading(sound);
    assert_eq!(reading.problems, []);
    assert_eq!(reading.containers[0].refused(), []);
}

#[test]
fn a_step_before_the_start_is_a_container_of_its_own() {
    let text = "services:\n  a:\n    image: x\n    user: u\n    network_mode: host\n    volumes: [/:/h]\n    pre_start:\n      - command: ./a b\n        privileged: true\n      - image: y\n        command: c\n";
    let reading = reading(text);
    let [_, first, second] = reading.containers.as_slice() else {
        panic!()
    };
    assert_eq!((first.syntax, first.privileged()), (Syntax::Compose, Tri::Yes));
    assert!(first.image.as_ref().unwrap().value.is("x") && second.image.as_ref().unwrap().value.is("y"));
    assert!(first.mounts[0].value.is_bind() && first.namespace(Namespace::Network).is_some());
    assert_eq!(
        reading.source().slice(first.privileged[0].place.entry),
        "privileged: true"
    );
    assert!(first.user.is_none() && !first.lacks(Key::CapDrop));
}

#[test]
fn a_service_before_an_error_may_go_on() {
    let text = "services:\n  b:\n    image: y\n  a:\n    image: x\n    volumes:\n      - ./d:/d\n   cap_drop: [ALL]\n    user: u\n";
    let reading = reading(text);
    let hidden: Vec<bool> = reading.containers.iter().map(|c| c.may_hide(Key::CapDrop)).collect();
    assert_eq!(hidden, [false, true]);
}

#[test]
fn hooks_are_execs_of_their_service() {
    let text = "services:\n  a:\n    image: x\n    post_start:\n      - command: ./a b\n        privileged: true\n      - command: c\n";
    let reading = reading(text);
    assert_eq!(reading.containers.len(), 2);
    let exec = &reading.containers[1];
    assert_eq!(
        (exec.syntax, exec.called().as_str(), exec.privileged()),
        (Syntax::Exec, "a", Tri::Yes)
    );
}

#[test]
fn the_old_layout_and_several_documents_are_read() {
    let old = reading("web:\n  image: x\n  privileged: true\n  net: host\ndb:\n  build: .\n");
    assert_eq!(old.containers.len(), 2);
    assert!(old.containers[0].namespace(Namespace::Network).is_some());
    let two = reading(
        "services:\n  a:\n    image: x\n    cap_add: [A]\n---\nservices:\n  a:\n    cap_add: [B]\n    privileged: true\n",
    );
    assert_eq!(two.containers.len(), 1);
    assert_eq!(shown(&two.containers[0].cap_add), ["A", "B"]);
    assert_eq!(two.containers[0].privileged(), Tri::Yes);
}

#[test]
fn hostile_files_end_in_a_problem_and_soon() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "m0: &m0 {privileged: true}\n".to_owned();
    for i in 1..40 {
        let j = i - 1;
        bomb.push_str(&format!(
            "a{i}: &a{i} [*a{j}, *a{j}, *a{j}, *a{j}, *a{j}, *a{j}, *a{j}, *a{j}, *a{j}]\n"
        ));
        merges.push_str(&format!("m{i}: &m{i} {{<<: [*m{j}, *m{j}, *m{j}]}}\n"));
    }
    bomb.push_str("services: {a: {image: x, volumes: *a39}}\n");
    merges.push_str("services: {a: {image: x, <<: *m39}}\n");
    let deep = format!("services: {{a: {{image: x, volumes: {}", "[".repeat(10_000));
    for text in [bomb, merges, deep] {
        let reading = reading(&text);
        assert!(reading.problems.iter().any(|p| p.ends_reading), "{}", &text[..40]);
    }
}

#[test]
fn the_script_of_a_service_gets_its_environment() {
    let text = "services:
  a:
    image: x
    environment: {OPTS: --privileged, DIR: /srv, MADE: '${A:-b}'}
    command: [sh, -c, 'docker run $$OPTS -v $${DIR}:/d -v $DIR:/e --pid $$MADE y']
";
    let reading = reading(text);
    let c = reading.containers.iter().find(|c| c.syntax == Syntax::Command).unwrap();
    // `$DIR` is filled in by Compose: which of the two the shell sees is not told apart by the name
    assert_eq!(c.mounts[0].value.source.as_ref().unwrap().shown(), "${DIR}");
    let text = text.replace(" -v $DIR:/e", "");
    let reading = super::tests::reading(&text);
    let c = reading.containers.iter().find(|c| c.syntax == Syntax::Command).unwrap();
    assert_eq!(c.privileged(), Tri::Yes);
    assert_eq!(reading.source().slice(c.privileged[0].place.value), "--privileged");
    assert_eq!(c.mounts[0].value.source.as_ref().unwrap().shown(), "/srv");
    // what is put together has no place of its own
    assert!(c.namespace(Namespace::Pid).unwrap().value.has_hole());
    assert!(reading.nodes.iter().all(|n| !n.is_empty()));
}

#[test]
fn what_bears_on_a_services_needs_is_read() {
    let reading = reading_for(
        Engine::Docker,
        &[(
            "compose.yaml",
            "services:\n  a:\n    image: x\n    container_name: other\n    env_file: .env\n    init: true\n    tty: true\n    \
         healthcheck: {test: [CMD-SHELL, 'ping x']}\n  b:\n    image: x\n    tty: false\n    healthcheck: {test: curl x}\n  \
         c:\n    image: x\n    healthcheck: {test: [CMD, curl, x]}\n  d:\n    image: x\n    healthcheck: {disable: true}\n",
        )],
    );
    let c = &reading.containers;
    let name = c[0].container_name.as_ref().map(|w| w.value.shown());
    assert_eq!(name.as_deref(), Some("other"));
    assert!(c[0].open_environment && c[0].init && c[0].terminal && !c[1].terminal && !c[1].init);
    let health = |i: usize| c[i].health.iter().map(|t| t.shown()).collect::<Vec<_>>().join(" ");
    assert_eq!(health(0), "sh -c ping x");
    assert_eq!(health(1), "sh -c curl x");
    assert_eq!(health(2), "curl x");
    assert_eq!(health(3), "");
}
