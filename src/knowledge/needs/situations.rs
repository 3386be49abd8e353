//! Every entry in every situation that a launch can put it in.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::*;
use crate::container::{Engine, FileId, Mount, MountKind, Namespace, NamespaceSetting, Place, Syntax, Text, Written};
use crate::knowledge::capabilities;
use crate::knowledge::condition::Condition;
use crate::source::Span;

/// Where the proposals stand; `PRIVLINT_BLESS=1` writes them again.
const EXPECTED: &str = "testdata/needs.txt";

fn written(text: &str) -> Written<Text> {
    let place = Place::new(Span::default(), Span::default());
    Written::new(Text::cooked(text, Span::default()), place)
}

fn mounted(kind: MountKind, source: &str, target: &str) -> Written<Mount> {
    let mut mount = Mount::new(kind, Text::new());
    mount.source = (!source.is_empty()).then(|| written(source).value);
    mount.target = Some(written(target).value);
    Written::new(mount, Place::new(Span::default(), Span::default()))
}

/// A launch of the image of an entry in docker's way.
fn launch(entry: &Entry) -> Container {
    let image = entry.images[0].replace('*', "x");
    let mut c = Container::new(
        Syntax::Command,
        Engine::Docker,
        FileId(0),
        Span::default(),
        Span::default(),
    );
    let tagged = image.rsplit('/').next().is_some_and(|last| last.contains(':'));
    c.image = Some(written(&match (&entry.versions, tagged) {
        (_, true) => image,
        (Some(versions), _) => format!("{image}:{}", versions.first_tag()),
        (None, _) => format!("{image}:1"),
    }));
    c
}

/// What a launch does beside naming the image.
type Change = fn(&mut Container, &str);

/// The situations, by name. Each is met under docker, podman as root, and rootless podman.
const SITUATIONS: &[(&str, Change)] = &[
    ("nothing-mounted", |_, _| {}),
    ("removed-on-exit", |c, _| c.removed_on_exit = true),
    ("fresh-volume", |c, data| {
        c.mounts.push(mounted(MountKind::Volume, "data", data))
    }),
    ("anonymous-volume", |c, data| {
        c.mounts.push(mounted(MountKind::Volume, "", data))
    }),
    ("volume-above", |c, data| {
        let above = data.rsplit_once('/').map_or("/", |(above, _)| above);
        c.mounts.push(mounted(MountKind::Volume, "data", above));
    }),
    ("volume-below", |c, data| {
        c.mounts
            .push(mounted(MountKind::Volume, "data", &format!("{data}/below")))
    }),
    ("bind", |c, data| {
        c.mounts.push(mounted(MountKind::Bind, "./data", data))
    }),
    ("tmpfs", |c, data| c.mounts.push(mounted(MountKind::Tmpfs, "", data))),
    ("volumes-from", |c, _| c.volumes_from.push(written("other"))),
    ("moved-data", |c, _| {
        c.environment.push(written("PGDATA=/elsewhere/data"));
        c.mounts.push(mounted(MountKind::Bind, "./data", "/elsewhere"));
    }),
    ("secret-file", |c, _| {
        c.mounts.push(mounted(MountKind::Bind, "./key.pem", "/run/secrets/key"))
    }),
    ("config-file", |c, _| {
        c.mounts.push(mounted(MountKind::Bind, "./app.conf", "/etc/app.conf"))
    }),
    ("log-folder", |c, _| {
        c.mounts.push(mounted(MountKind::Bind, "./logs", "/var/log/app"))
    }),
    ("socket-folder", |c, _| {
        c.mounts.push(mounted(MountKind::Bind, "./run", "/run/app"))
    }),
    ("environment-of-a-file", |c, _| c.open_environment = true),
    ("user-override", |c, _| c.user = Some(written("1000:1000"))),
    ("made-root", |c, _| c.user = Some(written("root"))),
    ("own-command", |c, _| c.command = vec![written("/own").value]),
    ("own-entrypoint", |c, _| c.entrypoint = Some(written("/own"))),
    ("health-check", |c, _| {
        c.health = vec![written("ping").value, written("gateway").value]
    }),
    ("worked-in", |c, _| {
        c.around.worked_in = Some("`exec` runs in it".into())
    }),
    ("terminal", |c, _| c.terminal = true),
    ("host-network", |c, _| {
        c.namespaces.push(NamespaceSetting {
            namespace: Namespace::Network,
            mode: written("host"),
        });
    }),
    ("ports-closed", |c, _| {
        c.sysctls.push(written("net.ipv4.ip_unprivileged_port_start=1024"))
    }),
    ("unknown-version", |c, _| {
        let image = c.image.take().unwrap().value.shown();
        let name = crate::knowledge::images::without_tag(&image).to_owned();
        c.image = Some(written(&format!("{name}@sha256:00")));
    }),
];

/// The three ways to run it.
const ENGINES: &[(&str, Engine, bool)] = &[
    ("docker", Engine::Docker, false),
    ("podman", Engine::Podman, false),
    ("rootless", Engine::Podman, true),
];

/// What a fix does with the capabilities of a launch.
enum Proposal {
    NotSafe,
    /// Takes away all that the engine grants but these.
    Keep(BTreeSet<&'static str>),
}

/// What is proposed for an entry, by what it is: the situations of each.
fn proposals(entry: &Entry) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for situation in SITUATIONS {
        for engine in ENGINES {
            let shown = match proposal(entry, situation, engine) {
                None => continue,
                Some(Proposal::NotSafe) => "no safe fix".to_owned(),
                Some(Proposal::Keep(set)) if set.is_empty() => "safe: none".to_owned(),
                Some(Proposal::Keep(set)) => format!("safe: {}", set.into_iter().collect::<Vec<_>>().join(" ")),
            };
            found
                .entry(shown)
                .or_default()
                .push(format!("{}/{}", situation.0, engine.0));
        }
    }
    found
}

/// What is proposed for one launch; `None` where nothing is known of it.
fn proposal(entry: &Entry, situation: &(&str, Change), engine: &(&str, Engine, bool)) -> Option<Proposal> {
    let mut container = launch(entry);
    container.engine = engine.1;
    container.rootless = engine.2;
    situation.1(&mut container, entry.data.first().map_or("/data", String::as_str));
    let needs = needs(&container)?;
    if needs.trust != Trust::Sure || needs.on_top_of_default {
        return Some(Proposal::NotSafe);
    }
    let names = needs.names();
    let mut kept = capabilities::defaults(engine.1);
    kept.retain(|granted| names.contains(granted));
    reasons(entry, &container, &kept, situation.0);
    Some(Proposal::Keep(kept))
}

/// The sets that safe fixes write in a situation, by every engine that runs it as root, or rootless.
pub(super) fn promised(entry: &Entry, situation: &str, rootless: bool) -> BTreeSet<BTreeSet<&'static str>> {
    let situation = SITUATIONS.iter().find(|s| s.0 == situation).unwrap();
    let engines = ENGINES.iter().filter(|e| e.2 == rootless);
    let kept = engines.filter_map(|engine| match proposal(entry, situation, engine)? {
        Proposal::NotSafe => None,
        Proposal::Keep(set) => Some(set),
    });
    kept.collect()
}

/// Every capability that a safe fix takes away has a reason: the entry never uses it, or the launch
/// rules out the path on which it does; or no process of the launch ever holds it.
fn reasons(entry: &Entry, container: &Container, wanted: &BTreeSet<&str>, situation: &str) {
    let image = ImageName::parse(&container.image.as_ref().unwrap().value).unwrap();
    for capability in capabilities::defaults(container.engine) {
        if wanted.contains(capability) || container.user.is_some() || entry.needs_program {
            continue;
        }
        let never = entry
            .never
            .iter()
            .any(|n| n.capabilities.iter().any(|c| c == capability || c == "ALL"));
        let paths: Vec<_> = entry.capabilities.iter().filter(|c| c.name == capability).collect();
        let ruled_out = !paths.is_empty()
            && paths
                .iter()
                .all(|p| matches!(p.when.verdict(container, entry, &image), Verdict::RuledOut(_)));
        assert!(
            never || ruled_out,
            "{} in {situation}: why not {capability}?",
            entry.name
        );
    }
}

#[test]
fn every_entry_is_asked_in_every_situation() {
    let mut text = String::from(
        "What is proposed for each image in each situation, written by `PRIVLINT_BLESS=1 cargo test --lib situations`.\n\
         Images of which no fix is ever safe are only named.\n",
    );
    let mut never_safe = Vec::new();
    let mut entries: Vec<&Entry> = images::all();
    entries.sort_by_key(|entry| &entry.name);
    for entry in entries {
        let proposals = proposals(entry);
        if !entry.trust.is_enough() || entry.uncertain.is_some() {
            let safe: Vec<_> = proposals.keys().filter(|p| p.starts_with("safe")).collect();
            assert!(safe.is_empty(), "{}: {safe:?}", entry.name);
        }
        if proposals.keys().all(|p| p == "no safe fix") {
            never_safe.push(entry.name.as_str());
            continue;
        }
        writeln!(text, "\n{}", entry.name).unwrap();
        for (proposal, situations) in proposals {
            writeln!(text, "  {proposal}\n    {}", grouped(&situations).join(" ")).unwrap();
        }
    }
    writeln!(text, "\nnever safe: {}", never_safe.join(", ")).unwrap();
    if std::env::var_os("PRIVLINT_BLESS").is_some() {
        std::fs::write(EXPECTED, &text).unwrap();
    }
    let expected = std::fs::read_to_string(EXPECTED).unwrap();
    assert_eq!(expected, text, "{EXPECTED} (PRIVLINT_BLESS=1 writes it again)");
}

/// Situations that are alike under every engine, named once.
fn grouped(situations: &[String]) -> Vec<String> {
    let mut engines: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in situations {
        let (situation, engine) = one.split_once('/').unwrap();
        match engines.iter_mut().find(|(s, _)| *s == situation) {
            Some((_, list)) => list.push(engine),
            None => engines.push((situation, vec![engine])),
        }
    }
    let shown = engines.into_iter().map(|(situation, list)| match list.len() {
        3 => situation.to_owned(),
        _ => format!("{situation}({})", list.join(",")),
    });
    shown.collect()
}

#[test]
fn every_path_can_be_taken_and_ruled_out() {
    for entry in images::all() {
        for need in entry.capabilities.iter().filter(|n| n.when != Condition::Always) {
            let mut plain = launch(entry);
            let mut taken = plain.clone();
            match &need.when {
                Condition::OthersFiles => taken.mounts.push(mounted(MountKind::Bind, "./x", "/x")),
                Condition::LowPort => {
                    taken.ports.push(written("80:80"));
                    plain.sysctls.push(written("net.ipv4.ip_unprivileged_port_start=0"));
                }
                Condition::Env(name, value) => {
                    let value = value.as_deref().unwrap_or("x");
                    taken.environment.push(written(&format!("{name}={value}")));
                }
                Condition::Port(port) => taken.ports.push(written(&format!("{port}:{port}"))),
                Condition::Device(glob) => taken.devices.push(written(&glob.replace('*', "x"))),
                Condition::Command(word) => taken.command.push(written(word).value),
                Condition::Tag(glob) => {
                    let name = crate::knowledge::images::without_tag(&entry.images[0]).to_owned();
                    plain.image = Some(written(&format!("{name}:other")));
                    taken.image = Some(written(&format!("{name}:{}", glob.replace('*', "x"))));
                }
                Condition::Word(word) => taken.command.push(written(word).value),
                Condition::Mount(path) => taken.mounts.push(mounted(MountKind::Bind, "./x", path)),
                Condition::Always => {}
            }
            let verdict = |container: &Container| {
                let image = ImageName::parse(&container.image.as_ref().unwrap().value).unwrap();
                need.when.verdict(container, entry, &image)
            };
            let path = format!("{}: {} {:?}", entry.name, need.name, need.when);
            assert_eq!(verdict(&taken), Verdict::Counts, "{path} is never taken");
            assert!(
                matches!(verdict(&plain), Verdict::RuledOut(_)),
                "{path} is never ruled out"
            );
        }
    }
}
