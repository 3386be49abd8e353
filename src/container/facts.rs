//! What the engine would get, without places: comparable, and the core of the `inspect` JSON.

use std::collections::BTreeMap;

use serde::Serialize;

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
        let mut other = |name: &'static str, values: Vec<String>| others.extend(values.into_iter().map(|v| (name, v)));
        other("entrypoint", self.entrypoint.iter().map(|w| w.value.shown()).collect());
        other(
            "container_name",
            self.container_name.iter().map(|w| w.value.shown()).collect(),
        );
        other("volumes_from", texts(&self.volumes_from));
        other("gpus", texts(&self.gpus));
        other("group_add", texts(&self.group_add));
        other("sysctls", texts(&self.sysctls));
        other("ports", texts(&self.ports));
        other("environment", texts(&self.environment));
        other("labels", texts(&self.labels));
        other("runtime", self.runtime.iter().map(|w| w.value.shown()).collect());
        other("shm_size", self.shm_size.iter().map(|w| w.value.shown()).collect());
        other("pod", self.pod.iter().map(|w| w.value.shown()).collect());
        other(
            "api_socket",
            self.api_socket.iter().map(|w| format!("{:?}", w.value)).collect(),
        );
        other("option", self.options.clone());
        other("replicas", vec![self.replicas.to_string()]);
        other("starts", vec![format!("{:?} {}", self.starts, self.stays)]);
        other("removed_on_exit", vec![self.removed_on_exit.to_string()]);
        other("init", vec![self.init.to_string()]);
        other("terminal", vec![self.terminal.to_string()]);
        other("open_environment", vec![self.open_environment.to_string()]);
        other("health", self.health.iter().map(Text::shown).collect());
        other("certain", vec![self.certain.to_string()]);
        if let Some(stack) = &self.stack {
            other("stack", vec![stack.sure.to_string()]);
            if stack.sure {
                other(
                    "passed_over",
                    stack.passed_over.iter().map(|w| w.value.clone()).collect(),
                );
            }
        }
        let grant = |w: &super::Written<super::Grant>| format!("{} {}", w.value.kind.word(), w.value.subject);
        other("grants", self.grants.iter().map(grant).collect());
        if let Some(stage) = &self.stage {
            other("hand_off", stage.hand_off.iter().map(|h| format!("{h:?}")).collect());
        }
        if let Some(build) = &self.build {
            let text = |w: &Option<super::Written<Text>>| w.iter().map(|w| w.value.shown()).collect::<Vec<_>>();
            other("build.context", text(&build.context));
            other("build.dockerfile", text(&build.dockerfile));
            other("build.target", text(&build.target));
            other("build.security", text(&build.security));
            other("build.network", text(&build.network));
            other(
                "build.privileged",
                build.privileged.iter().map(|w| format!("{:?}", w.value)).collect(),
            );
            other("build.entitlements", texts(&build.entitlements));
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
