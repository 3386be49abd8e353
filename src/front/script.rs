//! The shell front: scripts, and shell inside other documents.

use crate::container::{Container, FileId};
use crate::source::{Excerpt, Span};

use super::{Comment, Hint, Problem, Surroundings};

/// What was read of shell that stands inside another document. All spans are those of the outer file.
#[derive(Clone, Debug, Default)]
pub struct Fragment {
    /// The commands that launch or act on containers.
    pub containers: Vec<Container>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// The whole commands, for ignore comments.
    pub nodes: Vec<Span>,
    /// What speaks for an SELinux host.
    pub selinux_hints: Vec<Hint>,
}

/// Reads shell that stands inside `file`: a Dockerfile's `RUN`, a Compose `command:`, a heredoc.
pub fn read_excerpt(excerpt: &Excerpt, file: FileId, surroundings: &Surroundings) -> Fragment {
    let _ = (excerpt, file, surroundings);
    Fragment::default()
}

/// Stand-in.
pub fn read(source: &std::sync::Arc<crate::source::Source>, _: &Surroundings) -> super::Reading {
    super::Reading::new(super::Kind::Shell, std::sync::Arc::clone(source))
}

/// Stand-in.
pub fn render(
    _: &super::Reading,
    _: &Container,
    _: &[crate::fix::Change],
) -> Result<Vec<crate::fix::Edit>, crate::fix::Refusal> {
    Err(crate::fix::Refusal("stand-in".to_owned()))
}
