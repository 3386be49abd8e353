//! Runs of images' own entrypoints with a reduced set of capabilities.
//!
//! Source: `rules/knowledge/trials.yaml`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The runs of one image.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The entry that they are of.
    pub image: String,
    /// The entrypoint, as it ran: repository path @ commit.
    pub entrypoint: String,
    /// What ran behind it, and the release of the root file system.
    pub program: String,
    /// Who ran it, on which kernel.
    pub engine: String,
    /// The day, as `2026-11-26`.
    #[serde(default)]
    pub date: Option<String>,
    /// The runs.
    pub runs: Vec<Run>,
}

/// Runs of one set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Whether an ordinary user of the host ran it.
    pub rootless: bool,
    /// With which capabilities.
    pub set: Set,
    /// How it ended.
    pub result: Outcome,
    /// What was mounted, or said otherwise.
    pub situations: Vec<String>,
    /// The steps that failed.
    #[serde(default)]
    pub at: Vec<String>,
    /// What it said then.
    #[serde(default)]
    pub because: Option<String>,
}

/// The capabilities of a run.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Set {
    /// What the engine grants by itself: the word `default`.
    Default(String),
    /// These alone.
    Named(BTreeSet<String>),
}

/// How runs ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It started, served, stopped and started again.
    Holds,
    /// It did not.
    Fails,
}

/// A situation that an entry is tried in: whether rootless, what trials call it, and what it is of a launch.
pub type Tried = (bool, &'static str, &'static str);

/// The situations of every entry.
const ALWAYS: &[Tried] = &[
    (false, "nothing-mounted", "nothing-mounted"),
    (true, "nothing-mounted", "nothing-mounted"),
];

/// The situations of an entry that keeps data.
const WITH_DATA: &[Tried] = &[
    (false, "fresh-volume", "fresh-volume"),
    (false, "root-bind", "bind"),
    (false, "user-bind", "bind"),
    (false, "private-user-bind", "bind"),
    (false, "tmpfs", "tmpfs"),
    (true, "fresh-volume", "fresh-volume"),
    (true, "caller-bind", "bind"),
    (true, "tmpfs", "tmpfs"),
];

/// The situations that an entry has to be tried in before it is verified.
pub fn wanted(keeps_data: bool) -> impl Iterator<Item = Tried> {
    let with_data = if keeps_data { WITH_DATA } else { &[] };
    ALWAYS.iter().chain(with_data).copied()
}

/// The table; empty if it could not be read, which a test rules out.
static TABLE: LazyLock<Vec<Trial>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("../../rules/knowledge/trials.yaml")).unwrap_or_default());

/// All runs.
pub fn all() -> &'static [Trial] {
    &TABLE
}

/// The runs of an entry.
pub fn of(entry: &str) -> Vec<&'static Trial> {
    TABLE.iter().filter(|trial| trial.image == entry).collect()
}
