//! What a front is given, and what it makes of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::nested::Inner;
use crate::container::{Container, Engine, FileId, Text, Written};
use crate::source::{Source, Span};

/// The kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A Compose file.
    Compose,
    /// A shell script.
    Shell,
    /// A Dockerfile or Containerfile.
    Dockerfile,
}

/// What a front may know beyond the text of the file.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The engine that runs Compose files and words such as `$DOCKER`; [`Engine::Unknown`] when nobody said.
    pub engine: Engine,
    /// The sets of Compose files that are laid over each other, each in order, where the user said so
    /// (`-f a -f b`, `-f a -f c`); empty where nobody did. Those count that the file is among.
    pub projects: &'a [Vec<PathBuf>],
    /// Reads a file of the same tree, given a path relative to where the run started: `None` when
    /// it does not exist, cannot be read, is not UTF-8, is too large, or lies outside the tree.
    pub open: &'a dyn Fn(&Path) -> Option<String>,
}

/// What a front made of a file. Reading never fails: what cannot be read is a [`Problem`], and the
/// rest is read on.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the file was read as.
    pub kind: Kind,
    /// The files that spans count in, by [`FileId`]; the first is the file itself.
    pub sources: Vec<Arc<Source>>,
    /// The containers, in the order of their heads.
    pub containers: Vec<Container>,
    /// What could not be read, or only in part.
    pub problems: Vec<Problem>,
    /// The comments of the file itself, in order.
    pub comments: Vec<Comment>,
    /// The nodes that a comment on the line above covers: keys with their values, list items, whole
    /// commands with their continuations, instructions. In order of their starts; the larger first.
    pub nodes: Vec<Span>,
    /// What speaks for an SELinux host in the file itself: `semanage`, `dnf`, a `:Z` …
    pub selinux_hints: Vec<Hint>,
    /// The Compose files that the file deploys with `docker stack deploy`, as they are written.
    pub stacks: Vec<Written<Text>>,
    /// The services that commands of the file run something of their own in: `docker compose exec db`.
    pub entered: Vec<Written<Text>>,
    /// The documents that the file itself writes out, such as a Compose file in a heredoc.
    pub inner: Vec<Inner>,
}

/// Words of a file that speak for an SELinux host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where they stand, in the file itself.
    pub span: Span,
    /// What they are, as a reader would be told: "`restorecon`".
    pub what: String,
}

/// Something in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file that the span counts in.
    pub file: FileId,
    /// Where.
    pub span: Span,
    /// What, in lower case without a full stop.
    pub message: String,
    /// True when what comes after it in the file was not read, or a bound was hit.
    pub ends_reading: bool,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of the line, without the line ending.
    pub span: Span,
    /// True when nothing but blanks stands before it on its line.
    pub own_line: bool,
}

impl Reading {
    /// A reading of a file with nothing found in it yet.
    pub fn new(kind: Kind, source: Arc<Source>) -> Reading {
        Reading {
            kind,
            sources: vec![source],
            containers: Vec::new(),
            problems: Vec::new(),
            comments: Vec::new(),
            nodes: Vec::new(),
            selinux_hints: Vec::new(),
            stacks: Vec::new(),
            entered: Vec::new(),
            inner: Vec::new(),
        }
    }

    /// The file itself.
    pub fn source(&self) -> &Arc<Source> {
        &self.sources[0]
    }

    /// The file that an id names; the file itself for an id that names none.
    pub fn file(&self, id: FileId) -> &Arc<Source> {
        self.sources.get(usize::from(id.0)).unwrap_or(&self.sources[0])
    }
}
