//! A file's tree with aliases and merge keys followed and variables filled in: what Compose itself
//! works on, with every value's place and the way it came.

use std::collections::{HashMap, HashSet};

use super::interpolate::{self, Env};
use crate::container::{FileId, Place, Text, Via, ViaKind, Written};
use crate::front::yaml::{Kind, NodeId, Tree};
use crate::source::Span;

/// What one reading may cost at most, in values and in the steps by which each came: a file whose
/// aliases multiply stops here.
pub(super) const MAX_COST: usize = 250_000;
/// Steps of a way that are kept.
const MAX_STEPS: usize = 12;
/// Steps from the root to a value at most, aliases included.
const MAX_DEPTH: usize = 400;

/// A value of a Compose file.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) body: Body,
    pub(super) file: FileId,
    /// Where the value is written: behind an alias, at the anchor.
    pub(super) span: Span,
    /// The key of its entry; empty for an item of a list.
    pub(super) key: Span,
    /// The whole entry or item, where it is used.
    pub(super) entry: Span,
    /// The way it came.
    pub(super) via: Vec<Via>,
    /// What a later file does with what earlier ones said.
    pub(super) action: Action,
    /// False when an error in the text cut it off.
    pub(super) complete: bool,
    /// Scalars that it was laid over, the first one first.
    pub(super) earlier: Vec<Value>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Null,
    Scalar(Text),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// An alias without a target, or a bound that was hit; the text is how it is written.
    Unknown(String),
}

/// The tags by which a later file takes back what an earlier one said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Merge,
    Reset,
    Override,
}

impl Value {
    /// Where it is written, and what removing it removes.
    pub(super) fn place(&self) -> Place {
        Place {
            file: self.file,
            value: self.span,
            entry: self.entry,
            via: self.via.clone(),
        }
    }

    /// As [`Value::place`], but with the key underlined too where both stand side by side.
    pub(super) fn place_with_key(&self) -> Place {
        let mut place = self.place();
        if !self.key.is_empty() && self.entry.contains(self.span) && !self.span.is_empty() {
            place.value = self.entry;
        }
        place
    }

    pub(super) fn written(&self, text: Text) -> Written<Text> {
        Written::new(text, self.place())
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&Text> {
        match &self.body {
            Body::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> &[Value] {
        match &self.body {
            Body::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping.
    pub(super) fn entries(&self) -> &[(String, Value)] {
        match &self.body {
            Body::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// What a copy costs: values, and the steps by which each came.
    pub(super) fn size(&self) -> usize {
        let inside: usize = match &self.body {
            Body::List(items) => items.iter().map(Value::size).sum(),
            Body::Map(entries) => entries.iter().map(|(_, v)| v.size()).sum(),
            _ => 0,
        };
        1 + self.via.len() + inside
    }

    /// Puts a step in front of the way that this value and all in it came.
    pub(super) fn came_by(&mut self, step: &Via) {
        if self.via.len() < MAX_STEPS {
            self.via.insert(0, step.clone());
        }
        self.earlier.iter_mut().for_each(|v| v.came_by(step));
        match &mut self.body {
            Body::List(items) => items.iter_mut().for_each(|v| v.came_by(step)),
            Body::Map(entries) => entries.iter_mut().for_each(|(_, v)| v.came_by(step)),
            _ => {}
        }
    }
}

/// Which part of a file a value stands in: what is never looked at is never built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The root.
    Root,
    /// The root of the layout in which services stand at the top.
    OldRoot,
    Services,
    Service,
    /// Below: everything.
    Inner,
}

/// The keys of a service that are looked at.
const SERVICE_KEYS: &[&str] = &[
    "image",
    "build",
    "command",
    "entrypoint",
    "privileged",
    "cap_add",
    "cap_drop",
    "security_opt",
    "volumes",
    "volumes_from",
    "tmpfs",
    "devices",
    "device_cgroup_rules",
    "gpus",
    "pid",
    "platform",
    "ipc",
    "uts",
    "network_mode",
    "net",
    "userns_mode",
    "cgroup",
    "user",
    "read_only",
    "group_add",
    "sysctls",
    "ports",
    "environment",
    "env_file",
    "healthcheck",
    "container_name",
    "init",
    "tty",
    "labels",
    "runtime",
    "shm_size",
    "use_api_socket",
    "deploy",
    "scale",
    "extends",
    "post_start",
    "pre_stop",
    "pre_start",
    "develop",
    "configs",
    "secrets",
    "provider",
];

impl Level {
    /// The level of what stands behind a key; `None` for what is passed over.
    fn below(self, key: &str) -> Option<Level> {
        match self {
            Level::Root => match key {
                "services" => Some(Level::Services),
                "volumes" | "configs" | "secrets" | "include" => Some(Level::Inner),
                _ => None,
            },
            Level::OldRoot => (key != "version" && !key.starts_with("x-")).then_some(Level::Service),
            Level::Services => Some(Level::Service),
            Level::Service => SERVICE_KEYS.contains(&key).then_some(Level::Inner),
            Level::Inner => Some(Level::Inner),
        }
    }
}

/// Makes the values of one file.
pub(super) struct Lowering<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) tree: &'a Tree,
    pub(super) env: &'a Env,
    /// How many values may still be made in this reading.
    pub(super) budget: &'a mut usize,
    /// Where a bound was hit first.
    pub(super) stopped: Option<Span>,
}

/// Where a value is used.
#[derive(Clone, Copy)]
struct Use {
    key: Span,
    entry: Span,
}

impl Lowering<'_> {
    /// The value of a document.
    pub(super) fn document(&mut self, root: NodeId, level: Level) -> Value {
        let span = self.tree.node(root).span;
        let used = Use {
            key: Span::at(span.start as usize),
            entry: span,
        };
        self.value(root, used, &mut Vec::new(), level, 0)
    }

    fn value(&mut self, id: NodeId, used: Use, via: &mut Vec<Via>, level: Level, depth: usize) -> Value {
        let steps = via.len();
        let target = self.tree.resolve(id);
        let node = self.tree.node(target);
        if target != id {
            via.push(self.step(ViaKind::Alias, id));
        }
        if *self.budget == 0 || depth > MAX_DEPTH {
            self.stopped.get_or_insert(self.tree.node(id).span);
            via.truncate(steps);
            return self.make(Body::Unknown("…".to_owned()), target, used, via);
        }
        *self.budget = self.budget.saturating_sub(1 + via.len());
        let mut variables = Vec::new();
        let body = match &node.kind {
            Kind::Null => Body::Null,
            Kind::Alias(name, _) => Body::Unknown(format!("*{name}")),
            Kind::Scalar(_) => match self.tree.scalar(self.text, target) {
                Some(scalar) => {
                    let (text, uses) = interpolate::fill(&scalar, self.env, self.file);
                    // a few bytes of a variable may bring many
                    let brought = if uses.is_empty() { 0 } else { text.shown().len() / 64 };
                    *self.budget = self.budget.saturating_sub(brought);
                    variables = uses;
                    Body::Scalar(text)
                }
                None => Body::Null,
            },
            Kind::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len().min(1024));
                for item in items {
                    let used = Use {
                        key: Span::at(item.entry.start as usize),
                        entry: item.entry,
                    };
                    values.push(self.value(item.node, used, via, level, depth + 1));
                }
                Body::List(values)
            }
            Kind::Mapping(_) => {
                let mut map = Found::default();
                self.mapping(target, via, level, depth, &mut map);
                Body::Map(map.entries)
            }
        };
        let mut value = self.make(body, target, used, via);
        value.via.append(&mut variables);
        via.truncate(steps);
        value
    }

    fn make(&self, body: Body, node: NodeId, used: Use, via: &[Via]) -> Value {
        let node = self.tree.node(node);
        let action = match node.tag.as_ref().map(|t| t.text.as_str()) {
            Some("!reset") => Action::Reset,
            Some("!override") => Action::Override,
            _ => Action::Merge,
        };
        Value {
            body,
            file: self.file,
            span: node.span,
            key: used.key,
            entry: used.entry,
            via: via.to_vec(),
            action,
            complete: node.complete,
            earlier: Vec::new(),
        }
    }

    /// The entries of a mapping: its own, the last one where a key stands twice, then those of merge
    /// keys that it does not have, the first merged mapping before the second.
    fn mapping(&mut self, id: NodeId, via: &mut Vec<Via>, level: Level, depth: usize, found: &mut Found) {
        if depth > MAX_DEPTH || *self.budget == 0 {
            self.stopped.get_or_insert(self.tree.node(id).span);
            return;
        }
        *self.budget = self.budget.saturating_sub(1 + via.len());
        let tree = self.tree;
        let entries = tree.entries(id);
        let keys = entries.iter().map(|entry| tree.key_text(entry));
        let last: HashMap<&str, usize> = keys.enumerate().filter_map(|(i, key)| Some((key?, i))).collect();
        for (i, entry) in entries.iter().enumerate() {
            let Some(key) = tree.key_text(entry).filter(|key| last.get(key) == Some(&i)) else {
                continue;
            };
            let Some(below) = level.below(key).filter(|_| key != "<<" && !found.has(key)) else {
                continue;
            };
            if *self.budget == 0 && level == Level::Services {
                // what stands before is read; to name every service after it would cost as much again
                self.stopped.get_or_insert(tree.node(entry.key).span);
                break;
            }
            let used = Use {
                key: tree.node(entry.key).span,
                entry: entry.entry,
            };
            let value = self.value(entry.value, used, via, below, depth + 1);
            found.add(key, value);
        }
        for entry in entries {
            if tree.key_text(entry) != Some("<<") {
                continue;
            }
            let target = tree.resolve(entry.value);
            let sources: Vec<NodeId> = match &tree.node(target).kind {
                Kind::Sequence(items) => items.iter().map(|i| i.node).collect(),
                _ => vec![entry.value],
            };
            for source in sources {
                let target = tree.resolve(source);
                if let Kind::Alias(name, _) = &tree.node(target).kind {
                    found.unknown(self.make(
                        Body::Unknown(format!("<<: *{name}")),
                        target,
                        Use {
                            key: tree.node(entry.key).span,
                            entry: entry.entry,
                        },
                        via,
                    ));
                    continue;
                }
                let steps = via.len();
                via.push(self.step(ViaKind::MergeKey, source));
                self.mapping(target, via, level, depth + 1, found);
                via.truncate(steps);
            }
        }
    }

    fn step(&self, kind: ViaKind, id: NodeId) -> Via {
        let node = self.tree.node(id);
        let name = match &node.kind {
            Kind::Alias(name, _) => name.clone(),
            _ => "<<".to_owned(),
        };
        Via {
            kind,
            name,
            span: node.span,
            file: self.file,
        }
    }
}

/// Entries as they are found.
#[derive(Default)]
struct Found {
    entries: Vec<(String, Value)>,
    names: HashSet<String>,
}

impl Found {
    fn has(&self, key: &str) -> bool {
        self.names.contains(key)
    }

    fn add(&mut self, key: &str, value: Value) {
        self.names.insert(key.to_owned());
        self.entries.push((key.to_owned(), value));
    }

    /// A merge key that leads nowhere: kept under its own name, for those who judge what is missing.
    fn unknown(&mut self, value: Value) {
        self.entries.push(("<<".to_owned(), value));
    }
}
