//! The container records of the `inspect` JSON, version 1.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::container::{Capabilities, Namespace, Relabel, SelinuxFacts, Switch, Text, Tri};
use crate::front::Reading;
use crate::source::{Position, Source, Span};

/// A range in a file, as JSON shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

impl Range {
    /// The range of a span in a source.
    pub fn of(source: &Source, span: Span) -> Range {
        Range {
            start: source.position(span.start),
            end: source.position(span.end),
        }
    }
}

/// A container as `inspect` shows it. Field names and order are the contract: additions only.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct Record {
    pub file: String,
    pub syntax: crate::container::Syntax,
    pub runtime: crate::container::Engine,
    pub name: Option<String>,
    pub range: Range,
    /// Where the launch stands: the engine word, the service key.
    pub head: Range,
    pub certain: bool,
    /// How many containers the launch starts: one, many at once, or nobody can say.
    pub starts: crate::container::Starts,
    pub rootless: bool,
    pub image: Option<String>,
    pub command: Vec<String>,
    pub privileged: Tri,
    pub capabilities: Capabilities,
    pub security_opt: Vec<String>,
    pub no_new_privileges: bool,
    pub selinux: SelinuxFacts,
    pub mounts: Vec<MountRecord>,
    pub devices: Vec<String>,
    pub device_cgroup_rules: Vec<String>,
    pub namespaces: BTreeMap<Namespace, String>,
    pub user: Option<String>,
    pub read_only_rootfs: bool,
    /// What a build, or a step of one, asks of the builder.
    pub build: Option<BuildRecord>,
    /// What the Dockerfile that a service builds says, where it lies in the tree.
    pub built: Option<BuiltRecord>,
    /// How `docker stack deploy` deploys it, where it does or may.
    pub stack: Option<StackRecord>,
    pub unseen: Vec<UnseenRecord>,
    /// What a trace saw, beside what it is granted and what would be written; where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceRecord>,
}

/// Capabilities side by side: granted, used, proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct EvidenceRecord {
    pub granted: Option<Vec<String>>,
    pub used: Vec<&'static str>,
    /// What a fix would leave; `None` where nothing is known.
    pub proposed: Option<Vec<&'static str>>,
    pub covers: String,
    pub at: String,
}

/// A service of a stack as `inspect` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct StackRecord {
    pub why: String,
    pub sure: bool,
    /// The keys that do nothing in a stack.
    pub passed_over: Vec<String>,
}

/// What a build, or a step of one, asks of the builder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct BuildRecord {
    pub context: Option<String>,
    pub dockerfile: Option<String>,
    pub target: Option<String>,
    pub security: Option<String>,
    pub network: Option<String>,
    pub privileged: bool,
    pub entitlements: Vec<String>,
}

/// What a Dockerfile says of the image that a service builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct BuiltRecord {
    pub dockerfile: String,
    pub base: Option<String>,
    pub user: Option<String>,
    pub ports: Vec<String>,
    pub labels: Vec<String>,
}

/// A mount as `inspect` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct MountRecord {
    pub kind: String,
    pub source: Option<String>,
    pub target: Option<String>,
    pub read_only: bool,
    pub relabel: Relabel,
    pub line: u32,
    pub certain: bool,
}

/// Something unreadable as `inspect` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct UnseenRecord {
    pub line: u32,
    pub text: String,
    pub hides: String,
}

/// The records of a reading, in the order of its containers.
pub fn inspect(reading: &Reading) -> Vec<Record> {
    let records = reading.containers.iter().map(|container| {
        let source = reading.file(container.file);
        let facts = container.facts();
        let line = |place: &crate::container::Place| reading.file(place.file).line_of(place.value.start);
        let shown =
            |list: &[crate::container::Written<Text>]| list.iter().map(|w| w.value.shown()).collect::<Vec<String>>();
        let mounts = facts
            .mounts
            .into_iter()
            .zip(&container.mounts)
            .map(|(m, w)| MountRecord {
                kind: m.kind,
                source: m.source,
                target: m.target,
                read_only: m.read_only,
                relabel: w.value.relabel_today(),
                line: line(&w.place),
                certain: w.certain,
            });
        let unseen = facts
            .unseen
            .into_iter()
            .zip(&container.unseen)
            .map(|(u, at)| UnseenRecord {
                line: line(&at.place),
                text: u.text,
                hides: u.hides,
            });
        Record {
            file: source.shown_path(),
            syntax: container.syntax,
            runtime: container.engine,
            name: facts.name,
            range: Range::of(source, container.body),
            head: Range::of(source, container.head),
            certain: container.certain,
            starts: container.starts,
            rootless: container.rootless,
            image: facts.image,
            command: facts.command,
            privileged: facts.privileged,
            capabilities: container.capabilities(),
            security_opt: shown(&container.security_opt),
            no_new_privileges: container.no_new_privileges(),
            selinux: container.selinux(),
            mounts: mounts.collect(),
            devices: shown(&container.devices),
            device_cgroup_rules: shown(&container.device_cgroup_rules),
            namespaces: facts.namespaces,
            user: facts.user,
            read_only_rootfs: facts.read_only == Tri::Yes,
            build: container.build.as_ref().map(|build| {
                let text = |w: &Option<crate::container::Written<Text>>| w.as_ref().map(|w| w.value.shown());
                BuildRecord {
                    context: text(&build.context),
                    dockerfile: text(&build.dockerfile),
                    target: text(&build.target),
                    security: text(&build.security),
                    network: text(&build.network),
                    privileged: build.privileged.as_ref().is_some_and(|w| w.value == Switch::On),
                    entitlements: shown(&build.entitlements),
                }
            }),
            built: container.built.as_deref().map(|built| BuiltRecord {
                dockerfile: built.dockerfile.clone(),
                base: built.base.as_ref().map(Text::shown),
                user: built.user.as_ref().map(Text::shown),
                ports: built.ports.iter().map(Text::shown).collect(),
                labels: built.labels.iter().map(Text::shown).collect(),
            }),
            stack: container.stack.as_deref().map(|stack| {
                let mut keys: Vec<String> = stack.passed_over.iter().map(|w| w.value.clone()).collect();
                keys.dedup();
                StackRecord {
                    why: stack.why.clone(),
                    sure: stack.sure,
                    passed_over: keys,
                }
            }),
            unseen: unseen.collect(),
            evidence: container.around.traced.as_ref().map(|traced| EvidenceRecord {
                granted: container.capabilities().effective,
                used: traced.used.clone(),
                proposed: crate::knowledge::needs::needs(container).map(|needs| needs.names()),
                covers: traced.covers.clone(),
                at: traced.at.clone(),
            }),
        }
    });
    records.collect()
}
