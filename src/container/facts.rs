//! What the engine would get, without places: comparable, and the core of the `inspect` JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::visit::Field;
use super::{Container, Engine, Namespace, Relabel, Syntax, Text};

/// Yes, no, or decided by a branch or a value that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tri {
    /// Yes.
    Yes,
    /// No.
    No,
    /// A branch or an unresolved value decides.
    Maybe,
}

/// Everything said of a container, as the engine would get it. Two containers with equal facts are
/// the same container to the engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)] // the names are those of the `inspect` JSON
pub struct Facts {
    pub syntax: Syntax,
    #[serde(rename = "runtime")]
    pub engine: Engine,
    pub name: Option<String>,
    pub image: Option<String>,
    pub command: Vec<String>,
    pub privileged: Tri,
    pub cap_add: Vec<String>,
    pub cap_drop: Vec<String>,
    pub security_opt: Vec<String>,
    pub mounts: Vec<MountFacts>,
    pub devices: Vec<String>,
    pub device_cgroup_rules: Vec<String>,
    pub namespaces: BTreeMap<Namespace, String>,
    pub user: Option<String>,
    pub read_only: Tri,
    /// Everything else that is modelled, so that a fix that moves it is seen.
    pub others: Vec<(&'static str, String)>,
    pub unseen: Vec<UnseenFacts>,
}

/// A mount without places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct MountFacts {
    pub kind: String,
    pub source: Option<String>,
    pub target: Option<String>,
    pub read_only: bool,
    pub relabel: Relabel,
    /// The other options, sorted: everything but the label request and `ro`/`rw`.
    #[serde(skip)]
    pub options: Vec<String>,
    #[serde(skip)]
    pub certain: bool,
}

/// Something unreadable, without its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct UnseenFacts {
    pub text: String,
    pub hides: String,
}

/// The capability fields of the `inspect` JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Capabilities {
    pub add: Vec<String>,
    pub drop: Vec<String>,
    /// `None` where it cannot be known.
    pub effective: Option<Vec<String>>,
}

/// The SELinux field of the `inspect` JSON: whether the container would be confined on an SELinux host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct SelinuxFacts {
    pub confined: bool,
    pub why: Option<String>,
}

impl Container {
    /// The container without places.
    pub fn facts(&self) -> Facts {
        let texts = |list: &[super::Written<Text>]| list.iter().map(|w| shown(&w.value, w.certain)).collect::<Vec<_>>();
        let mut others = Vec::new();
        for (name, field) in self.fields() {
            if !BY_NAME.contains(&name) {
                others.extend(values(&field).into_iter().map(|value| (name, value)));
            }
        }
        Facts {
            syntax: self.syntax,
            engine: self.engine,
            name: self.name.as_ref().map(|w| w.value.shown()),
            image: self.image.as_ref().map(|w| w.value.shown()),
            command: self.command.iter().map(Text::shown).collect(),
            privileged: self.privileged(),
            cap_add: texts(&self.cap_add),
            cap_drop: texts(&self.cap_drop),
            security_opt: texts(&self.security_opt),
            mounts: self.mounts.iter().map(mount_facts).collect(),
            devices: texts(&self.devices),
            device_cgroup_rules: texts(&self.device_cgroup_rules),
            namespaces: self
                .namespaces
                .iter()
                .map(|s| (s.namespace, s.mode.value.shown()))
                .collect(),
            user: self.user.as_ref().map(|w| w.value.shown()),
            read_only: super::decide(&self.read_only),
            others,
            unseen: self
                .unseen
                .iter()
                .map(|u| UnseenFacts {
                    text: u.text.clone(),
                    hides: hides(u.hides),
                })
                .collect(),
        }
    }
}

/// Fields that stand in [`Facts`] under their own names.
const BY_NAME: [&str; 13] = [
    "name",
    "image",
    "command",
    "privileged",
    "cap_add",
    "cap_drop",
    "security_opt",
    "mounts",
    "devices",
    "device_cgroup_rules",
    "namespaces",
    "user",
    "read_only",
];

/// What a field says, in words.
fn values(field: &Field) -> Vec<String> {
    let switch = |w: &super::Written<super::Switch>| format!("{:?}", w.value);
    match field {
        Field::Text(text) => text.iter().map(|w| w.value.shown()).collect(),
        Field::Texts(list) => list.iter().map(|w| shown(&w.value, w.certain)).collect(),
        Field::Words(words) => words.iter().map(Text::shown).collect(),
        Field::Switches(list) => list.iter().map(switch).collect(),
        Field::Switch(set) => set.iter().map(switch).collect(),
        Field::Mounts(list) => list.iter().map(|w| format!("{:?}", mount_facts(w))).collect(),
        Field::Namespaces(list) => list
            .iter()
            .map(|s| format!("{:?} {}", s.namespace, s.mode.value.shown()))
            .collect(),
        Field::Grants(list) => list
            .iter()
            .map(|w| format!("{} {}", w.value.kind.word(), w.value.subject))
            .collect(),
        Field::Lost(list) => list.iter().map(|w| w.value.shown()).collect(),
        Field::PassedOver(list, true) => list.iter().map(|w| w.value.clone()).collect(),
        Field::PassedOver(_, false) => Vec::new(),
        Field::Plain(values) => values.clone(),
    }
}

/// A value on a branch is not the value on every path.
fn shown(text: &Text, certain: bool) -> String {
    if certain {
        text.shown()
    } else {
        format!("{}?", text.shown())
    }
}

fn mount_facts(w: &super::Written<super::Mount>) -> MountFacts {
    let mount = &w.value;
    let mut options: Vec<String> = mount
        .options
        .iter()
        .map(Text::shown)
        .filter(|o| {
            !matches!(
                o.as_str(),
                "z" | "Z" | "ro" | "rw" | "relabel=shared" | "relabel=private"
            )
        })
        .collect();
    options.sort();
    MountFacts {
        kind: mount.kind.as_str().to_owned(),
        source: mount.source.as_ref().map(Text::shown),
        target: mount.target.as_ref().map(Text::shown),
        read_only: mount.read_only,
        relabel: mount.relabel,
        options,
        certain: w.certain,
    }
}

/// The word of the `inspect` JSON for what may be hidden.
fn hides(key: Option<super::Key>) -> String {
    use super::Key;
    match key {
        None => "anything",
        Some(Key::Privileged) => "privileged",
        Some(Key::CapAdd) => "cap_add",
        Some(Key::CapDrop) => "cap_drop",
        Some(Key::SecurityOpt) => "security_opt",
        Some(Key::Mount) => "mounts",
        Some(Key::Device) => "devices",
        Some(Key::DeviceCgroupRule) => "device_cgroup_rules",
        Some(Key::Namespace(_)) => "namespaces",
        Some(Key::User) => "user",
        Some(Key::ReadOnly) => "read_only_rootfs",
        Some(Key::Sysctl) => "sysctls",
        Some(Key::ShmSize) => "shm_size",
        Some(Key::Image) => "image",
        Some(Key::Name) => "name",
        Some(Key::Command) => "command",
        Some(Key::Other) => "other",
    }
    .to_owned()
}
