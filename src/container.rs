//! The one model that every syntax is lowered to: a container, and where each thing said of it is written.
//!
//! The model is plain data. A front fills it, rules read it, and [`Facts`] is its comparable core,
//! by which a fix is proven.

mod assumed;
mod build;
mod change;
mod facts;
mod key;
mod lost;
mod mount;
mod place;
mod refusal;
mod security;
mod spelling;
mod stack;
mod stage;
mod text;
mod traced;
mod visit;
mod windows;

pub use build::{Build, BuiltImage, Reach};
pub use facts::{Capabilities, Facts, MountFacts, SelinuxFacts, Tri, UnseenFacts};
pub use key::{Engine, Key, Namespace, Switch, Syntax};
pub use lost::{Loss, Lost};
pub use mount::{Base, Labelling, Mount, MountForm, MountKind, Relabel};
pub use place::{At, FileId, Place, Via, ViaKind, Written};
pub use refusal::{Refused, Refuser};
pub use security::SecurityOption;
pub use spelling::Spelling;
pub use stack::Stack;
pub use stage::{Grant, GrantKind, HandOff, Stage};
pub use text::{Hole, Piece, PieceKind, Text};
pub use traced::Traced;
pub use visit::FieldMut;

use crate::source::Span;

/// Something on the way to the container that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Where it is written.
    pub place: Place,
    /// As written: `$OPTS`.
    pub text: String,
    /// What may hide behind it: one key, or (`None`) anything.
    pub hides: Option<Key>,
}

/// How many containers a launch starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Starts {
    /// One, or one at a time under one name.
    Once,
    /// Several one after another, or nobody can say.
    Unknown,
    /// Several that may run at the same time.
    Many,
}

/// One namespace setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceSetting {
    /// Which namespace.
    pub namespace: Namespace,
    /// `host`, `private`, `container:x` and so on, as the engine takes it.
    pub mode: Written<Text>,
}

/// A container, a step or a command that acts on one, and where each thing said of it is written.
///
/// Lists are in the order in which the engine would see them, after its own splitting, merging and
/// inheritance. Where a later setting wins over an earlier one, both are kept, the winner last.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// The form of the launch.
    pub syntax: Syntax,
    /// The engine that would run it.
    pub engine: Engine,
    /// True where the text lets that be podman, whatever the word is that it calls.
    pub maybe_podman: bool,
    /// True where the command runs without root on the host: `podman` without `sudo`.
    pub rootless: bool,
    /// True where it is an example of documentation, which each reader completes.
    pub documented: bool,
    /// The file that `head` and `body` stand in.
    pub file: FileId,
    /// The nested document that it was read from; `None` for the file itself.
    pub nested: Option<NestedIn>,
    /// What a finding about the whole points at: `podman run`, the service key.
    pub head: Span,
    /// The whole command or node.
    pub body: Span,
    /// How the launch itself came to be: the function that was called, the heredoc it stands in.
    pub via: Vec<Via>,
    /// Where the variable that the command begins with says what it does: `run` in `RUN="docker run"`.
    pub written_in: Option<Place>,
    /// False when only some path through the script launches it.
    pub certain: bool,
    /// Service key, `--name`, unit name.
    pub name: Option<Written<Text>>,
    /// Compose's `container_name`: what the engine calls the service's container.
    pub container_name: Option<Written<Text>>,
    /// The image reference.
    pub image: Option<Written<Text>>,
    /// `--entrypoint`.
    pub entrypoint: Option<Written<Text>>,
    /// The words after the image.
    pub command: Vec<Text>,
    /// Each `--privileged`, the deciding one last.
    pub privileged: Vec<Written<Switch>>,
    /// Capabilities added, one entry each.
    pub cap_add: Vec<Written<Text>>,
    /// Capabilities dropped, one entry each.
    pub cap_drop: Vec<Written<Text>>,
    /// Security options, one entry each.
    pub security_opt: Vec<Written<Text>>,
    /// Bind mounts, volumes, tmpfs.
    pub mounts: Vec<Written<Mount>>,
    /// Containers or services whose mounts are taken over.
    pub volumes_from: Vec<Written<Text>>,
    /// Devices, one entry each.
    pub devices: Vec<Written<Text>>,
    /// Device control-group rules.
    pub device_cgroup_rules: Vec<Written<Text>>,
    /// `--gpus`, `gpus:`.
    pub gpus: Vec<Written<Text>>,
    /// Namespace settings in the order written.
    pub namespaces: Vec<NamespaceSetting>,
    /// The user.
    pub user: Option<Written<Text>>,
    /// Each `--read-only`, the deciding one last.
    pub read_only: Vec<Written<Switch>>,
    /// Supplementary groups.
    pub group_add: Vec<Written<Text>>,
    /// Kernel parameters, `key=value`.
    pub sysctls: Vec<Written<Text>>,
    /// Published ports, as written.
    pub ports: Vec<Written<Text>>,
    /// Environment entries, `NAME=value` or `NAME`.
    pub environment: Vec<Written<Text>>,
    /// Labels, `key=value`.
    pub labels: Vec<Written<Text>>,
    /// The runtime, such as `runsc`.
    pub runtime: Option<Written<Text>>,
    /// How large its own `/dev/shm` is: `--shm-size`.
    pub shm_size: Option<Written<Text>>,
    /// The pod that a podman container joins.
    pub pod: Option<Written<Text>>,
    /// The other options of a command, `name=value`: no rule looks at them, and no fix may change them.
    pub options: Vec<String>,
    /// `use_api_socket`: the engine's socket and the user's credentials are handed in.
    pub api_socket: Option<Written<Switch>>,
    /// True for `--rm`: the container does not live to a second start.
    pub removed_on_exit: bool,
    /// True where the engine starts its own init before the program: `--init`, `init: true`.
    pub init: bool,
    /// True where it has a terminal in which somebody may type: `tty: true`.
    pub terminal: bool,
    /// True where more of its environment is written in a file that is not read: `env_file`.
    pub open_environment: bool,
    /// The words of the health check that the launch sets; a shell's text as `sh -c TEXT`.
    pub health: Vec<Text>,
    /// What other texts do to it.
    pub around: Around,
    /// How many copies run at once, where that is written; 1 otherwise.
    pub replicas: u32,
    /// How many containers the launch starts.
    pub starts: Starts,
    /// True where whoever launches it does not wait for its end: `-d`, `&`, `create`, services.
    pub stays: bool,
    /// What a Dockerfile `RUN`, or a build, asks of the builder.
    pub build: Option<Build>,
    /// What the Dockerfile that the image is built from says, where it lies in the tree.
    pub built: Option<Box<BuiltImage>>,
    /// What a Dockerfile makes of its final stage.
    pub stage: Option<Box<Stage>>,
    /// What the steps of a Dockerfile leave in the image by which a process gets more than it was given.
    pub grants: Vec<Written<Grant>>,
    /// Of a service: that `docker stack deploy` deploys it, or may.
    pub stack: Option<Box<Stack>>,
    /// Lines of a Quadlet that do not do what they look like.
    pub lost: Vec<Written<Lost>>,
    /// What could not be read.
    pub unseen: Vec<Unseen>,
    /// Where a command would take one more option; `None` for forms that are not commands.
    pub slot: Option<Slot>,
}

/// What other places of the project do to a container, as far as it bears on what it needs. The engine
/// fills it in before the rules run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Why more than its own program runs in it, in lower case: something executes commands in it.
    pub worked_in: Option<String>,
    /// Why what it mounts may belong to a user that only exists in containers, in lower case.
    pub given_away: Option<String>,
    /// What a trace saw it use of its capabilities, where one was given.
    pub traced: Option<Traced>,
    /// True where the script creates it to copy files out of its image, and never starts it.
    pub only_copied: bool,
    /// Of a command that runs in a container: true where that one is started beside it, and is handed no
    /// engine's socket.
    pub without_socket: bool,
    /// What its project knows of images.
    pub knowledge: Knowledge,
}

/// The number of what a project knows of images itself; none where it says nothing of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Knowledge(pub Option<usize>);

/// The document within a file that a container was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NestedIn {
    /// Its index among the documents of the file.
    pub document: usize,
    /// The container's index among those of the document.
    pub index: usize,
}

/// Where one more option would be written in a command, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The file that `at` counts in.
    pub file: FileId,
    /// The byte before which the option is written.
    pub at: u32,
    /// What is written before the option: nothing, a blank, a continuation with its indentation.
    pub before: String,
    /// What is written after it.
    pub after: String,
}

impl Container {
    /// A container with nothing said of it but where it stands.
    pub fn new(syntax: Syntax, engine: Engine, file: FileId, head: Span, body: Span) -> Container {
        Container {
            syntax,
            engine,
            maybe_podman: false,
            rootless: false,
            documented: false,
            file,
            nested: None,
            head,
            body,
            via: Vec::new(),
            written_in: None,
            certain: true,
            name: None,
            container_name: None,
            image: None,
            entrypoint: None,
            command: Vec::new(),
            privileged: Vec::new(),
            cap_add: Vec::new(),
            cap_drop: Vec::new(),
            security_opt: Vec::new(),
            mounts: Vec::new(),
            volumes_from: Vec::new(),
            devices: Vec::new(),
            device_cgroup_rules: Vec::new(),
            gpus: Vec::new(),
            namespaces: Vec::new(),
            user: None,
            read_only: Vec::new(),
            group_add: Vec::new(),
            sysctls: Vec::new(),
            ports: Vec::new(),
            environment: Vec::new(),
            labels: Vec::new(),
            runtime: None,
            shm_size: None,
            pod: None,
            options: Vec::new(),
            api_socket: None,
            removed_on_exit: false,
            init: false,
            terminal: false,
            open_environment: false,
            health: Vec::new(),
            around: Around::default(),
            replicas: 1,
            starts: Starts::Once,
            stays: true,
            build: None,
            built: None,
            stage: None,
            grants: Vec::new(),
            stack: None,
            lost: Vec::new(),
            unseen: Vec::new(),
            slot: None,
        }
    }

    /// The place of the container as a whole: its head.
    pub fn place(&self) -> Place {
        Place {
            file: self.file,
            value: self.head,
            entry: self.body,
            via: self.via.clone(),
        }
    }

    /// True for a launch of which something could not be read that may say anything: `docker run $OPTS x`.
    pub fn hides_anything(&self) -> bool {
        self.syntax.is_launch() && self.unseen.iter().any(|u| u.hides.is_none())
    }

    /// True when something that could not be read may say the key.
    pub fn may_hide(&self, key: Key) -> bool {
        self.unseen.iter().any(|u| u.hides.is_none_or(|k| k == key))
    }

    /// True when the key could have been written here, was not, and nothing unreadable could hide it.
    pub fn lacks(&self, key: Key) -> bool {
        self.can_say(key) && !self.says(key) && !self.may_hide(key)
    }

    /// True when the key is written, whatever its value.
    pub fn says(&self, key: Key) -> bool {
        match key {
            Key::Privileged => !self.privileged.is_empty(),
            Key::CapAdd => !self.cap_add.is_empty(),
            Key::CapDrop => !self.cap_drop.is_empty(),
            Key::SecurityOpt => !self.security_opt.is_empty(),
            Key::Mount => !self.mounts.is_empty() || !self.volumes_from.is_empty(),
            Key::Device => !self.devices.is_empty() || !self.gpus.is_empty(),
            Key::DeviceCgroupRule => !self.device_cgroup_rules.is_empty(),
            Key::Namespace(n) => self.namespace(n).is_some(),
            Key::User => self.user.is_some(),
            Key::ReadOnly => !self.read_only.is_empty(),
            Key::Sysctl => !self.sysctls.is_empty(),
            Key::ShmSize => self.shm_size.is_some(),
            Key::Image => self.image.is_some(),
            Key::Name => self.name.is_some(),
            Key::Command => !self.command.is_empty(),
            Key::Other => false,
        }
    }

    /// The deciding setting of a namespace.
    pub fn namespace(&self, namespace: Namespace) -> Option<&Written<Text>> {
        self.namespaces
            .iter()
            .rev()
            .find(|s| s.namespace == namespace)
            .map(|s| &s.mode)
    }

    /// Whether it runs privileged: the last setting decides; one on a branch, or one that cannot be
    /// read, makes it [`Tri::Maybe`].
    pub fn privileged(&self) -> Tri {
        match decide(&self.privileged) {
            Tri::No if self.unseen.iter().any(|u| u.hides == Some(Key::Privileged)) => Tri::Maybe,
            verdict => verdict,
        }
    }

    /// The setting that makes it (or may make it) privileged.
    pub fn privileged_setting(&self) -> Option<&Written<Switch>> {
        self.privileged.iter().rev().find(|w| w.value != Switch::Off)
    }

    /// True for a command that is waited for, and whose container is not started again.
    pub fn is_passing(&self) -> bool {
        self.syntax == Syntax::Command
            && !self.stays
            && self.starts != Starts::Many
            && (self.removed_on_exit || self.name.is_none())
    }

    /// How a reader would call it: its name, or its image, or the word "container".
    pub fn called(&self) -> String {
        let name = self.name.as_ref().and_then(|name| name.value.name());
        let image = || self.image.as_ref().and_then(|image| image.value.name());
        name.or_else(image).unwrap_or_else(|| "container".to_owned())
    }
}

/// The last certain setting, weakened by every uncertain one after it that says otherwise.
fn decide(settings: &[Written<Switch>]) -> Tri {
    let mut verdict = Tri::No;
    for setting in settings {
        let said = match setting.value {
            Switch::On => Tri::Yes,
            Switch::Off => Tri::No,
            Switch::Unknown | Switch::Refused => Tri::Maybe,
        };
        verdict = match (setting.certain, said == verdict) {
            (_, true) => verdict,
            (true, false) => said,
            (false, false) => Tri::Maybe,
        };
    }
    verdict
}
