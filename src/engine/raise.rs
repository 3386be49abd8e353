//! Runs the rules over the containers of a reading.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::container::{Container, Engine, FileId, Hole, Key, Mount, Starts, Syntax, Text, ViaKind};
use crate::fix::{Finding, Fix, Label};
use crate::front::{self, Kind, Reading, Surroundings};
use crate::rules::{self, Group, Mounts, Rule, Scene, SelinuxHost};
use crate::source::{Source, Span};

use super::around;
use super::base;
use super::host_path::whole;
use super::links;
use super::mount_use::mount_uses;
use super::neighbours::{Found, Uses, neighbours};
use super::said::{say_defaults, say_stack};
use super::selinux;
use super::terminal;
use super::tree::{Gathered, Said, TreeFacts};
use super::{Settings, Tree};

/// A finding with the containers it stands for: one, or all that share the value it is about.
#[derive(Clone, Debug)]
pub(super) struct Raised {
    /// What the rule said, of the first of them.
    pub(super) finding: Finding,
    /// Each container it is about, with the fixes the rule has for that one.
    pub(super) users: Vec<(usize, Vec<Fix>)>,
}

/// What the rules of one run may know.
pub(super) struct Linter<'a> {
    pub(super) settings: &'a Settings,
    pub(super) tree: &'a Tree<'a>,
}

/// What the rules look at beside each container of one reading.
pub(super) struct Scenes {
    pub(super) hosts: Vec<SelinuxHost>,
    neighbours: Vec<Found>,
    mounts: Vec<Mounts>,
}

impl<'a> Linter<'a> {
    /// What a front may know.
    pub(super) fn surroundings(&self) -> Surroundings<'a> {
        Surroundings {
            engine: self.settings.engine,
            knowledge: self.settings.knowledge,
            projects: &self.settings.projects,
            open: self.tree.open,
            list: self.tree.folder,
        }
    }

    /// Reads a file by itself: without what others of its tree say of it.
    pub(super) fn read_alone(&self, kind: Kind, source: &Arc<Source>) -> Reading {
        let mut reading = front::read(kind, source, &self.surroundings());
        self.settle(&mut reading);
        reading
    }

    /// Reads a file, with what others of its tree say of it.
    pub(super) fn read(&self, kind: Kind, source: &Arc<Source>) -> Reading {
        let mut reading = self.read_alone(kind, source);
        self.look_around(&mut reading);
        reading
    }

    /// Reads a file before its turn, so that the facts of its tree need not read it again.
    pub(super) fn read_ahead(&self, kind: Kind, source: &Arc<Source>) -> Reading {
        let reading = self.read_alone(kind, source);
        self.tree.cache.keep(self.tree.root, Said::of(&reading, self.tree.root));
        reading
    }

    /// What others of its tree say of a file that was read by itself.
    pub(super) fn look_around(&self, reading: &mut Reading) {
        self.place(reading);
        self.stack(reading);
        self.surround(reading);
    }

    /// Says of host paths where they lead.
    fn settle(&self, reading: &mut Reading) {
        links::follow(reading, self.tree.root);
        base::settle(reading, self.tree.root);
    }

    /// Notes of containers what other texts do to them.
    pub(super) fn surround(&self, reading: &mut Reading) {
        around::note_traces(reading, &self.settings.traced);
        around::note_sockets(reading);
        if !around::matters(reading) {
            return;
        }
        let tree = self.facts_of_tree(reading);
        let own = Uses::of(mount_uses(reading));
        let neighbours = neighbours(reading, &own, &tree.mounts, !tree.cut);
        around::fill(reading, &tree.entries, &neighbours);
    }

    /// Says of a reading where its host paths lead, and how the tree starts it.
    pub(super) fn deploy(&self, reading: &mut Reading) {
        self.settle(reading);
        self.place(reading);
        self.stack(reading);
    }

    /// Notes of services that a script of the tree deploys them as a stack.
    fn stack(&self, reading: &mut Reading) {
        let matters = |c: &Container| {
            let sure = c.stack.as_ref().is_some_and(|stack| stack.sure);
            let says = |key| c.says(key);
            let namespaces = !c.namespaces.is_empty();
            let keys = [Key::Privileged, Key::SecurityOpt, Key::Device, Key::Mount];
            c.syntax.is_service() && c.engine != Engine::Podman && !sure && (namespaces || keys.into_iter().any(says))
        };
        if reading.kind != Kind::Compose || !reading.containers.iter().any(matters) {
            return;
        }
        if let Some(by) = self.facts_of_tree(reading).stacked_by(&reading.source().path) {
            for container in reading.containers.iter_mut().filter(|c| c.engine != Engine::Podman) {
                container.deploy_as_stack(format!("`docker stack deploy` in {by}"), true);
            }
        }
    }

    /// Says of host paths that they begin in another folder where a script of one sources the file, and of
    /// services how often scripts start them.
    fn place(&self, reading: &mut Reading) {
        let callers = |c: &Container| {
            let of_caller = |m: &Mount| m.path().and_then(Text::leading_hole) == Some(&Hole::WorkingDirectory);
            c.mounts.iter().any(|w| of_caller(&w.value))
        };
        let path = reading.source().path.clone();
        if reading.kind == Kind::Shell {
            self.start_as_sourced(reading, &path);
            if reading.containers.iter().any(terminal::hides) {
                let facts = self.facts_of_tree(reading);
                if !facts.cut {
                    terminal::settle(reading, &facts.terminals);
                }
            }
        }
        let binds = reading.containers.iter().flat_map(|c| &c.mounts);
        match reading.kind {
            Kind::Shell
                if reading.containers.iter().any(callers)
                    && self.facts_of_tree(reading).is_sourced_elsewhere(&path) =>
            {
                let mounts = reading.containers.iter_mut().flat_map(|c| &mut c.mounts);
                mounts.for_each(|w| w.value.leave_folder());
            }
            Kind::Compose if binds.into_iter().any(|w| w.value.is_bind()) => {
                let facts = self.facts_of_tree(reading);
                for container in &mut reading.containers {
                    let name = container.name.as_ref().map(|w| w.value.shown());
                    if let Some(name) = name {
                        container.starts = container.starts.max(facts.starts(&path, &name, is_unique(container)));
                    }
                }
            }
            _ => {}
        }
    }

    /// A launch in a function that nothing in its own file calls starts as often as a script that sources the
    /// file calls it.
    fn start_as_sourced(&self, reading: &mut Reading, path: &Path) {
        let matters = |c: &Container| c.starts == Starts::Unknown && c.mounts.iter().any(|w| w.value.is_bind());
        if !reading.containers.iter().any(matters) {
            return;
        }
        let facts = self.facts_of_tree(reading);
        for container in reading.containers.iter_mut().filter(|c| matters(c)) {
            if facts.starts_several(path, container.head) {
                container.starts = Starts::Many;
            }
        }
    }

    /// Gathers what the rules look at.
    pub(super) fn scenes(&self, reading: &Reading) -> Scenes {
        let hosts = reading
            .containers
            .iter()
            .map(|c| selinux::host(c, reading, self.settings))
            .collect();
        let own = Uses::of(mount_uses(reading));
        let tree = if own.is_empty() {
            Arc::default()
        } else {
            self.facts_of_tree(reading)
        };
        // seen from the project that includes it, its paths may be others
        let elsewhere = reading.kind == Kind::Compose && own.lead_elsewhere(&tree.mounts);
        Scenes {
            hosts,
            mounts: reading.containers.iter().map(|_| Mounts::default()).collect(),
            neighbours: neighbours(reading, &own, &tree.mounts, !tree.cut && !elsewhere),
        }
    }

    /// What the files of the tree say of each other. The one at hand need not be read again.
    pub(super) fn facts_of_tree(&self, at_hand: &Reading) -> Arc<TreeFacts> {
        let root = self.tree.root;
        self.tree.cache.tree(root, || {
            let mut facts = Gathered::default();
            let mut left = CONTEXT_TOTAL;
            let mut ahead = self.tree.cache.kept(root);
            for (path, kind) in (self.tree.list)(root) {
                if left == 0 {
                    facts.cut = true;
                    break;
                }
                let known = ahead
                    .remove(&path)
                    .filter(|said| said.kind == kind && said.size <= CONTEXT_SIZE);
                if let Some(said) = known {
                    left = left.saturating_sub(said.cost);
                    facts.add(said);
                    continue;
                }
                let Some(text) = (self.tree.open)(&path).filter(|text| text.len() <= CONTEXT_SIZE) else {
                    facts.cut = true;
                    continue;
                };
                if kind == at_hand.kind
                    && whole(&path) == whole(&at_hand.source().path)
                    && text == at_hand.source().text()
                {
                    facts.add(Said::of(at_hand, root));
                    continue;
                }
                // stacks are told by the scripts of the tree, which are being read here
                let said = Said::of(&self.read_alone(kind, &Arc::new(Source::new(path, text))), root);
                left = left.saturating_sub(said.cost);
                facts.add(said);
            }
            facts.facts()
        })
    }

    /// Every finding, those about one shared value as one, in order of place.
    pub(super) fn raise(&self, reading: &Reading, scenes: &Scenes) -> Vec<Raised> {
        let mut raised: Vec<Raised> = Vec::new();
        let mut at: HashMap<(&'static str, FileId, Span), usize> = HashMap::new();
        for i in 0..reading.containers.len() {
            for rule in rules::RULES.iter().filter(|r| self.settings.rules.contains(r.name)) {
                for finding in self.check(rule, reading, scenes, i) {
                    let key = (finding.rule, finding.primary.file, finding.primary.span);
                    match at.get(&key).and_then(|&n| raised.get_mut(n)) {
                        Some(first) => fold(first, finding, i, reading),
                        None => {
                            at.insert(key, raised.len());
                            let mut one = Raised {
                                users: vec![(i, finding.fixes.clone())],
                                finding,
                            };
                            say_user(&mut one.finding, i, reading);
                            raised.push(one);
                        }
                    }
                }
            }
        }
        raised.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
        raised
    }

    /// How many findings of a rule a container has.
    pub(super) fn count(&self, reading: &Reading, scenes: &Scenes, i: usize, rule: &str) -> usize {
        let rules = rules::RULES.iter().filter(|r| r.name == rule);
        rules.map(|r| self.check(r, reading, scenes, i).len()).sum()
    }

    /// What a rule finds in a container.
    pub(super) fn check(&self, rule: &Rule, reading: &Reading, scenes: &Scenes, i: usize) -> Vec<Finding> {
        let (Some(container), Some(host)) = (reading.containers.get(i), scenes.hosts.get(i)) else {
            return Vec::new();
        };
        let (Some(neighbours), Some(mounts)) = (scenes.neighbours.get(i), scenes.mounts.get(i)) else {
            return Vec::new();
        };
        if rule.group() == Group::Selinux && !host.on {
            return Vec::new();
        }
        let mut findings = rule.findings(&Scene {
            container,
            selinux: host,
            mounts,
            neighbours: &neighbours.list,
            unsearched: &neighbours.unsearched,
            allowed: self.settings.allow.get(rule.name).map_or(&[], Vec::as_slice),
            allowed_images: self.settings.allow_images.get(rule.name).map_or(&[], Vec::as_slice),
        });
        if reading.kind == Kind::Compose || container.syntax.is_service() {
            say_defaults(&mut findings, container);
            findings.iter_mut().for_each(|finding| say_stack(finding, container));
        }
        findings
    }
}

/// True for a container of which a host has one at most: it has a name, or takes a port of the host.
fn is_unique(container: &Container) -> bool {
    let taken = |port: &Text| port.known().is_some_and(|port| port.contains(':'));
    let named = container
        .container_name
        .as_ref()
        .is_some_and(|name| !name.value.has_hole());
    named || container.ports.iter().any(|port| taken(&port.value))
}

/// The order of findings, and with it that of their fixes: by place, and at one place by rule. The rules
/// about drops that are missing write the same, and stand for one in it.
pub(super) fn order(finding: &Finding) -> (FileId, Span, &'static str) {
    let rule = match finding.rule {
        "undropped-capabilities" => "missing-cap-drop",
        rule => rule,
    };
    (finding.primary.file, finding.primary.span, rule)
}

/// Adds a finding about the same value to the first one: the other container becomes a related place.
fn fold(first: &mut Raised, finding: Finding, user: usize, reading: &Reading) {
    if first.users.last().is_some_and(|(i, _)| *i == user) {
        return; // the same container says the same value twice
    }
    let told = first.users.first().and_then(|(i, _)| reading.containers.get(*i));
    let own = reading.containers.get(user);
    let is_service = |c: &&Container| c.syntax.is_service();
    let services = told.filter(is_service).zip(own.filter(is_service));
    if services.is_some_and(|(a, b)| (a.file, a.head) == (b.file, b.head)) {
        first.users.push((user, finding.fixes));
        return; // the same service in another project
    }
    match (told, own) {
        // the container that says the value itself speaks for those that have it from there
        (Some(told), Some(own)) if says_itself(own, &finding) && !says_itself(told, &finding) => {
            first.users.insert(0, (user, finding.fixes.clone()));
            let taken = std::mem::replace(&mut first.finding, finding);
            relate(&mut first.finding, also_in(told));
            let also = |label: &Label| label.message.starts_with("also in ");
            for label in taken.related.into_iter().filter(also) {
                relate(&mut first.finding, label);
            }
        }
        (_, Some(other)) => {
            first.users.push((user, finding.fixes));
            relate(&mut first.finding, also_in(other));
        }
        (_, None) => {}
    }
}

/// Another container that has the value.
fn also_in(other: &Container) -> Label {
    let also = match other.syntax {
        Syntax::Command => "also used by this command".to_owned(),
        _ => format!("also in `{}`", other.called()),
    };
    Label::new(&other.place(), also)
}

/// True when a finding is about what stands in the container itself.
fn says_itself(container: &Container, finding: &Finding) -> bool {
    let primary = &finding.primary;
    primary.file == container.file && container.body.contains(primary.span)
}

/// Shows the container that a value written elsewhere acts in, and the calls that lead to it.
fn say_user(finding: &mut Finding, user: usize, reading: &Reading) {
    let Some(container) = reading.containers.get(user) else {
        return;
    };
    let primary = &finding.primary;
    let inside = primary.file == container.file
        && (container.body.contains(primary.span) || primary.span.contains(container.body));
    if !inside {
        let by = match container.syntax {
            Syntax::Command => "used by this command".to_owned(),
            _ => format!("in `{}`", container.called()),
        };
        relate(finding, Label::new(&container.place(), by));
    }
    for call in container.via.iter().filter(|v| v.kind == ViaKind::Function).take(2) {
        let label = Label {
            file: call.file,
            span: call.span,
            message: "called here".to_owned(),
        };
        relate(finding, label);
    }
}

/// Adds a related place, unless it is there already.
fn relate(finding: &mut Finding, label: Label) {
    let is_there = |l: &Label| l.file == label.file && l.span == label.span;
    let shown = is_there(&finding.primary) || finding.related.iter().any(is_there);
    if !shown && finding.related.len() < MOST_RELATED {
        finding.related.push(label);
    }
}

/// A file that is read only for what it mounts is small, in bytes: nobody asked for it.
const CONTEXT_SIZE: usize = 256 * 1024;

/// Bytes that are read only for what they mount in one tree; one that is broken, or mostly brackets, counts 32 times.
const CONTEXT_TOTAL: usize = 32 << 20;

/// Related places that one finding shows.
const MOST_RELATED: usize = 12;
