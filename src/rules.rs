//! The rules: one function each over a container, and one page each under `rules/`.

pub mod page;

use std::collections::BTreeMap;

use crate::container::{Container, FileId, Mount};
use crate::fix::{Finding, Label, Severity};
use crate::source::Span;

/// What a rule may look at.
pub struct Scene<'a> {
    /// The container.
    pub container: &'a Container,
    /// Whether its host is taken for an SELinux host.
    pub selinux: &'a SelinuxHost,
    /// What else mounts the same host paths.
    pub neighbours: &'a [NeighbourMount],
    /// The images that the configuration allows the rule to pass over, as globs over full names.
    pub allowed_images: &'a [String],
}

/// Whether a container's host is taken for an SELinux host, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelinuxHost {
    /// True for an SELinux host.
    pub on: bool,
    /// Why, as a note says it: "the engine is podman".
    pub why: String,
}

/// A bind mount of another container that covers the same host path as a mount of this one, or a
/// path above or below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourMount {
    /// Index of this container's mount in [`Container::mounts`].
    pub mount: usize,
    /// What the other container is called.
    pub container: String,
    /// The other mount.
    pub other: Mount,
    /// Where it is, if it stands in one of the files of the same reading.
    pub place: Option<Label>,
    /// The file and line of it, for a note: `deploy/run.sh:12`.
    pub at: String,
    /// True when both are in one podman pod, and share a label.
    pub same_pod: bool,
}

/// Which rules are on unless something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Always on.
    Default,
    /// On where the target is taken for an SELinux host.
    Selinux,
    /// Hardening that is merely absent: on with `--strict`.
    Strict,
}

/// A rule: its page and its function.
pub struct Rule {
    /// Its name, the page's file name: `missing-cap-drop`.
    pub name: &'static str,
    /// The page, as written.
    pub page: &'static str,
    /// Looks at one container; `None` for what the engine itself finds (`syntax-error`, `unused-ignore`).
    pub check: Option<fn(&Scene) -> Vec<Finding>>,
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    Rule {
        name: "privileged",
        page: "---\nseverity: error\ngroup: default\nfix: safe\nsince: 0.1.0\ncwe: [250]\nreferences: []\n---\n# Allows everything\n\nA stand-in page.\n",
        check: None,
    },
    Rule {
        name: "syntax-error",
        page: "---\nseverity: error\ngroup: default\nfix: none\nsince: 0.1.0\ncwe: []\nreferences: []\n---\n# Cannot be read\n\nA stand-in page.\n",
        check: None,
    },
];

const _: Option<(BTreeMap<FileId, Span>, Severity)> = None;
