//! The words of the model: forms of launches, engines, namespaces, and what can be said.

/// The form of a launch, wherever its text stands. The names are those of the `inspect` JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// `docker run`, `docker create` and their like.
    Command,
    /// `docker exec`, and Compose hooks, which are execs.
    Exec,
    /// `podman pod create`.
    Pod,
    /// `docker build`, `podman build`, `docker buildx build`.
    Build,
    /// `podman kube play`.
    Kube,
    /// `docker service create`.
    Service,
    /// A service of a Compose file.
    Compose,
    /// A `[Container]` section of a Quadlet unit.
    Quadlet,
    /// `container:` and `services:` of a continuous integration file.
    Workflow,
    /// A devcontainer.
    Devcontainer,
    /// A `RUN` of a Dockerfile.
    BuildStep,
    /// The image that a Dockerfile builds: its final stage.
    Image,
}

impl Syntax {
    /// True for the forms that start a container of their own; the others are listed because rules look at them.
    pub fn is_launch(self) -> bool {
        match self {
            Syntax::Command
            | Syntax::Compose
            | Syntax::Quadlet
            | Syntax::Workflow
            | Syntax::Devcontainer
            | Syntax::Service => true,
            Syntax::Exec | Syntax::Pod | Syntax::Build | Syntax::Kube | Syntax::BuildStep | Syntax::Image => false,
        }
    }

    /// True for a service of a project, as Compose has them: entries of a file that engines read whole,
    /// in which values may have defaults that whoever runs it may override.
    pub fn is_service(self) -> bool {
        match self {
            Syntax::Compose => true,
            Syntax::Command
            | Syntax::Exec
            | Syntax::Pod
            | Syntax::Build
            | Syntax::Kube
            | Syntax::Service
            | Syntax::Quadlet
            | Syntax::Workflow
            | Syntax::Devcontainer
            | Syntax::BuildStep
            | Syntax::Image => false,
        }
    }

    /// What stands before the name of one, for a reader.
    pub fn noun(self) -> &'static str {
        match self {
            Syntax::Compose => "service",
            Syntax::Quadlet => "unit",
            Syntax::Pod => "pod",
            Syntax::BuildStep => "build step",
            Syntax::Image => "image",
            Syntax::Command
            | Syntax::Exec
            | Syntax::Build
            | Syntax::Kube
            | Syntax::Service
            | Syntax::Workflow
            | Syntax::Devcontainer => "command of",
        }
    }

    /// True when a container of this form could say the key at all. A `RUN` step cannot drop
    /// capabilities, so nobody is told that it does not.
    pub fn can_say(self, key: Key) -> bool {
        match self {
            Syntax::Command | Syntax::Compose | Syntax::Quadlet | Syntax::Workflow | Syntax::Devcontainer => true,
            // docker service create: no --privileged, --security-opt, --device (cli 29.8)
            Syntax::Service => !matches!(
                key,
                Key::Privileged | Key::SecurityOpt | Key::Device | Key::DeviceCgroupRule
            ),
            Syntax::Exec => matches!(key, Key::Privileged | Key::User),
            Syntax::Pod => !matches!(key, Key::Privileged | Key::CapAdd | Key::CapDrop | Key::ReadOnly),
            Syntax::Build | Syntax::Kube | Syntax::BuildStep | Syntax::Image => false,
        }
    }
}

/// The engine that runs a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Docker, and Compose unless told otherwise.
    Docker,
    /// Podman, local or remote.
    Podman,
    /// nerdctl over containerd.
    Nerdctl,
    /// A word such as `$ENGINE` that may be any of them.
    Unknown,
}

impl Engine {
    /// The name as a reader would write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Engine::Docker => "docker",
            Engine::Podman => "podman",
            Engine::Nerdctl => "nerdctl",
            Engine::Unknown => "unknown",
        }
    }
}

/// A namespace that a container may share. The names are those of the `inspect` JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Namespace {
    /// Process identifiers.
    Pid,
    /// System V and POSIX inter-process communication.
    Ipc,
    /// Network.
    Network,
    /// Host name.
    Uts,
    /// Users.
    User,
    /// Control groups.
    Cgroup,
}

/// What can be said of a container: the unit in which something is lacking, added, or hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `--privileged`
    Privileged,
    /// `--cap-add`
    CapAdd,
    /// `--cap-drop`
    CapDrop,
    /// `--security-opt`
    SecurityOpt,
    /// `-v`, `--mount`, `--tmpfs`, `--volumes-from`
    Mount,
    /// `--device`, `--gpus`
    Device,
    /// `--device-cgroup-rule`
    DeviceCgroupRule,
    /// `--pid`, `--ipc`, `--network`, `--uts`, `--userns`, `--cgroupns`
    Namespace(Namespace),
    /// `--user`
    User,
    /// `--read-only`
    ReadOnly,
    /// `--sysctl`
    Sysctl,
    /// `--shm-size`
    ShmSize,
    /// The image.
    Image,
    /// `--name`
    Name,
    /// The command that runs inside.
    Command,
    /// Any other option.
    Other,
}

/// A yes, a no, or a value that is only known when it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
    /// Decided by something the text does not say.
    Unknown,
    /// A word that the engine refuses, such as docker's `--privileged=yes`: nothing starts.
    Refused,
}

impl Switch {
    /// The value as a boolean, where it is known.
    pub fn known(self) -> Option<bool> {
        match self {
            Switch::On => Some(true),
            Switch::Off => Some(false),
            Switch::Unknown | Switch::Refused => None,
        }
    }
}
