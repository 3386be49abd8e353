//! Lints one file: reads it, gathers what its neighbours say, runs the rules, proves the fixes,
//! and leaves out what comments ask to.

mod around;
mod base;
mod comments;
mod denials;
mod fingerprint;
mod follow;
mod heirs;
mod host_path;
mod ignore;
mod inspect;
mod links;
mod lint;
mod mount_use;
mod neighbours;
mod propose;
mod prove;
mod raise;
mod rounds;
mod said;
mod selinux;
mod settle;
mod terminal;
mod tree;

pub use denials::{Explained, Launch, MENDING_RULES, Solved, confirm, explain, solve};
pub use inspect::{
    BuildRecord, BuiltRecord, EvidenceRecord, MountRecord, Range, Record, StackRecord, UnseenRecord, inspect,
};
pub use lint::{Ahead, about_file, find, find_ahead, lint, lint_ahead, not_utf8, read_ahead};
pub use rounds::{Fixed, Mended, fix};
pub use settle::settle;
pub use tree::{ListTree, TreeCache};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::container::{Container, Engine};
use crate::fix::{Edit, Finding, Safety, Severity};
use crate::front::Reading;

/// Are the target hosts SELinux hosts?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Selinux {
    /// Decided for each container by evidence
    #[default]
    Auto,
    /// Yes
    On,
    /// No
    Off,
}

/// The files around the one that is linted.
#[derive(Clone, Copy)]
pub struct Tree<'a> {
    /// Reads a file of the same tree; see [`crate::front::Surroundings::open`].
    pub open: &'a (dyn Fn(&Path) -> Option<String> + 'a),
    /// Lists the files of a folder of the same tree; see [`crate::front::Surroundings::list`].
    pub folder: &'a (dyn Fn(&Path) -> Vec<PathBuf> + 'a),
    /// The root of the tree: the repository, or what stands for it.
    pub root: &'a Path,
    /// Lists the files of a tree that are read for context.
    pub list: &'a ListTree<'a>,
    /// What was read of trees so far; one for the whole run.
    pub cache: &'a TreeCache,
}

/// What is asked of the engine for one file. The configuration and the command line make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The user's word about SELinux, and where it was given ("`--selinux=on`", ".privlint.yaml").
    pub selinux: Selinux,
    /// Where `selinux` was given, for the note; empty for the default.
    pub selinux_from: String,
    /// The engine that runs Compose files and words such as `$DOCKER`; unknown when nobody said.
    pub engine: Engine,
    /// What the project knows of images itself.
    pub knowledge: crate::container::Knowledge,
    /// The rules that are on. Those of the selinux group only act where the host is taken for one.
    pub rules: BTreeSet<&'static str>,
    /// Those of them that also speak of documentation and tests.
    pub rules_of_examples: BTreeSet<&'static str>,
    /// True for a file of a folder of tests.
    pub is_test: bool,
    /// Severities changed by the configuration.
    pub severity: BTreeMap<&'static str, Severity>,
    /// Images that a rule passes over, as globs over full names (`docker.io/library/docker:*-dind`).
    pub allow_images: BTreeMap<&'static str, Vec<String>>,
    /// Values that a rule passes over: see [`crate::rules::allowed`].
    pub allow: BTreeMap<&'static str, Vec<String>>,
    /// The sets of Compose files that are laid over each other, this file among each; see
    /// [`crate::front::Surroundings::projects`].
    pub projects: Vec<Vec<PathBuf>>,
    /// True when an ignore comment must give a reason.
    pub require_reason: bool,
    /// What traces saw containers use.
    pub traced: Vec<crate::container::Traced>,
    /// True when ignore comments count for nothing, and nothing is said of them.
    pub no_ignores: bool,
    /// Today, as `2026-11-25`, by which `until=` is judged.
    pub today: String,
}

/// A finding as it is shown: with its severity, and with a fix that was rendered and proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// What the rule said.
    pub finding: Finding,
    /// Its severity after configuration.
    pub severity: Severity,
    /// Index of the container in the reading; `None` for a finding about the file.
    pub container: Option<usize>,
    /// The other containers that it is about: they have the value from the same place.
    pub also: Vec<usize>,
    /// The folder of the project that it is about as a whole; `None` for every other finding.
    pub of_project: Option<PathBuf>,
    /// The proven fix.
    pub fix: Option<Offer>,
    /// Why no fix is offered although the rule had one, in lower case without a full stop.
    pub fix_refused: Option<String>,
    /// Names the finding across edits of the file: rule, container and value, hashed; never a line number.
    pub fingerprint: String,
}

impl Diagnostic {
    /// The containers that it is about.
    pub fn containers<'a>(&'a self, reading: &'a Reading) -> impl Iterator<Item = &'a Container> {
        let all = self.container.iter().chain(&self.also);
        all.filter_map(|&i| reading.containers.get(i))
    }
}

/// A fix that was rendered as edits, applied to a copy, read again and found to do what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What it does.
    pub title: String,
    /// May it be applied unasked? Never [`Safety::Manual`] for one that `--fix` may apply.
    pub safety: Safety,
    /// The edits. Most concern the file itself; an `extends` may lead elsewhere.
    pub edits: Vec<Edit>,
}

/// A diagnostic that a comment asked to leave out.
#[derive(Clone, Debug, PartialEq)]
pub struct Ignored {
    /// The diagnostic.
    pub diagnostic: Diagnostic,
    /// The comment's reason, where it gives one.
    pub reason: Option<String>,
    /// The comment's `until=`, where it gives one.
    pub until: Option<String>,
    /// The comment.
    pub comment: crate::source::Span,
}

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file as read.
    pub reading: Reading,
    /// What is shown, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// What a comment asked to leave out.
    pub ignored: Vec<Ignored>,
    /// How many findings about documentation and tests are not shown; see [`crate::rules::page::Examples`].
    pub aside: usize,
    /// The containers of which nothing is known, once [`settle`] has made one finding of them for the
    /// project.
    pub unknown_needs: Vec<Diagnostic>,
    /// True where a mount went unchecked only because nothing says whether its host uses SELinux.
    pub selinux_undecided: bool,
}

impl Report {
    /// True where privlint failed on the file, which then counts as not checked.
    pub fn is_broken(&self) -> bool {
        self.diagnostics.iter().any(|d| d.finding.rule == lint::INTERNAL_ERROR)
    }
}
