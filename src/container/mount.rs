//! A mount as the engine would make it.

use super::text::Text;
use crate::source::Span;

/// What is mounted. The names are those of the `inspect` JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A named or anonymous volume.
    Volume,
    /// Memory.
    Tmpfs,
    /// The engine's other words: `image`, `npipe`, `cluster`, `glob`, `devpts`, …
    Other(String),
}

impl MountKind {
    /// The engine's word.
    pub fn as_str(&self) -> &str {
        match self {
            MountKind::Bind => "bind",
            MountKind::Volume => "volume",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Other(word) => word,
        }
    }
}

/// What the engine is asked to do with the SELinux label of a mount's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relabel {
    /// Leave it.
    None,
    /// `z`: a label that every container may use.
    Shared,
    /// `Z`: a label for this container alone.
    Private,
}

/// How a label request is written in the form that this mount has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labelling {
    /// As an option after the target: `:Z`, or `,Z` after other options.
    Suffix,
    /// As a field of podman's `--mount`: `relabel=private`.
    Field,
    /// As Compose's `bind.selinux`.
    Key,
    /// The form has no way to ask for one; the text says why, in lower case without a full stop.
    Impossible(&'static str),
}

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// The host path or the volume's name; `None` for an anonymous volume or a tmpfs.
    pub source: Option<Text>,
    /// Where it appears in the container.
    pub target: Option<Text>,
    /// The options, one entry each, as written.
    pub options: Vec<Text>,
    /// True for `ro` and its other spellings.
    pub read_only: bool,
    /// The label request that takes effect.
    pub relabel: Relabel,
    /// The bytes of the label request: `z`, `relabel=private`, the value of `selinux`.
    pub relabel_span: Option<Span>,
    /// A label request that is written but lost on the way, and why.
    pub relabel_lost: Option<&'static str>,
    /// How a label request would be written here.
    pub labelling: Labelling,
    /// podman's `O`: an overlay over the source, which is not relabelled.
    pub overlay: bool,
    /// podman's `U`: the source is given to the container's user.
    pub chown: bool,
    /// `shared`, `rslave` and so on, where written.
    pub propagation: Option<String>,
    /// What the engine refuses in it, in lower case without a full stop.
    pub error: Option<String>,
    /// The whole as written.
    pub text: Text,
}

impl Mount {
    /// A mount of a kind with nothing else said.
    pub fn new(kind: MountKind, text: Text) -> Mount {
        Mount {
            kind,
            source: None,
            target: None,
            options: Vec::new(),
            read_only: false,
            relabel: Relabel::None,
            relabel_span: None,
            relabel_lost: None,
            labelling: Labelling::Impossible("this kind of mount takes no label"),
            overlay: false,
            chown: false,
            propagation: None,
            error: None,
            text,
        }
    }

    /// True for a path of the host.
    pub fn is_bind(&self) -> bool {
        self.kind == MountKind::Bind
    }
}
