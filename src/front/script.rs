//! The shell front: scripts, and shell inside other documents.

mod hints;
mod merge;
mod render;
mod repeat;
mod root;
mod slot;

use std::path::Path;
use std::sync::Arc;

use crate::container::{Container, Engine, FileId, Text, Written};
use crate::shell;
use crate::source::{Excerpt, Source, Span};
use crate::spec::{self, CommandLine};

use super::reading::{Comment, Hint, Kind, Problem, Reading, Surroundings};

pub use render::render;

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
    /// The Compose files that are deployed as stacks.
    pub stacks: Vec<Written<Text>>,
    /// The services that something is run in by Compose.
    pub entered: Vec<Written<Text>>,
}

/// Reads a script.
pub fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Shell, Arc::clone(source));
    let text = source.text();
    let bom = source.bom_len();
    let excerpt = (bom > 0).then(|| Excerpt::verbatim(text.get(bom..).unwrap_or(""), bom));
    let outcome = shell::read(&shell::Input {
        text: excerpt.as_ref().map_or(text, Excerpt::text),
        outer: excerpt.as_ref(),
        file: FileId(0),
        path: &source.path,
        open: Some(surroundings.open),
    });
    let own_line = |span: Span| {
        let line = source.line_span(source.line_of(span.start));
        let before = Span {
            start: line.start,
            end: span.start.max(line.start),
        };
        source
            .slice(before)
            .trim_start_matches(crate::source::BOM)
            .trim()
            .is_empty()
    };
    reading.comments = outcome
        .comments
        .iter()
        .map(|&span| Comment {
            span,
            own_line: own_line(span),
        })
        .collect();
    reading.nodes = outcome.statements;
    reading.problems = outcome.problems.into_iter().map(problem).collect();
    for (path, text) in outcome.sourced {
        reading.sources.push(Arc::new(Source::new(path, text)));
    }
    let (containers, hints) = lower(&outcome.commands, FileId(0), surroundings.engine, Some(source));
    reading.containers = containers;
    reading.stacks = stacks(&outcome.commands, FileId(0));
    reading.entered = entered(&outcome.commands, FileId(0));
    reading.selinux_hints = hints;
    let by_root = root::is_checked_for(text);
    for container in &mut reading.containers {
        slot::refine(container, source);
        container.rootless &= !by_root;
    }
    super::nested::add(&mut reading, &outcome.handed, surroundings);
    reading
}

/// Reads shell that stands inside `file`: a Dockerfile's `RUN`, a Compose `command:`, a heredoc.
pub fn read_excerpt(excerpt: &Excerpt, file: FileId, surroundings: &Surroundings) -> Fragment {
    let outcome = shell::read(&shell::Input {
        text: excerpt.text(),
        outer: Some(excerpt),
        file,
        path: Path::new(""),
        open: None,
    });
    let (containers, selinux_hints) = lower(&outcome.commands, file, surroundings.engine, None);
    Fragment {
        containers,
        problems: outcome.problems.into_iter().map(problem).collect(),
        comments: outcome
            .comments
            .iter()
            .map(|&span| Comment { span, own_line: false })
            .collect(),
        nodes: outcome.statements,
        selinux_hints,
        stacks: stacks(&outcome.commands, file),
        entered: entered(&outcome.commands, file),
    }
}

fn problem(problem: shell::Problem) -> Problem {
    Problem {
        file: problem.file,
        span: problem.span,
        message: problem.message,
        ends_reading: problem.ends_reading,
    }
}

/// The services that command lines run something in by Compose.
fn entered(commands: &[CommandLine], file: FileId) -> Vec<Written<Text>> {
    let own = commands.iter().filter(|line| line.file == file);
    own.filter_map(|line| spec::command::entered_service(line, shell::engine_of(line)))
        .collect()
}

/// The Compose files that command lines deploy as stacks.
fn stacks(commands: &[CommandLine], file: FileId) -> Vec<Written<Text>> {
    let own = commands.iter().filter(|line| line.file == file);
    own.filter_map(|line| Some(spec::command::stack_files(line, shell::engine_of(line)?)))
        .flatten()
        .collect()
}

/// Command lines to containers and hints, in order of their places. Commands that stand in a sourced
/// file are left to the reading of that file.
fn lower(
    commands: &[CommandLine],
    file: FileId,
    unknown: Engine,
    source: Option<&Source>,
) -> (Vec<Container>, Vec<Hint>) {
    let mut containers = Vec::new();
    let mut found = Vec::new();
    for line in commands.iter().filter(|line| line.file == file) {
        match shell::engine_of(line) {
            Some(engine) => {
                let engine = if engine == Engine::Unknown { unknown } else { engine };
                let choice = engine == Engine::Unknown && shell::may_choose_podman(line);
                if let Some(mut container) = spec::command::read(line, engine) {
                    container.maybe_podman |= choice;
                    found.extend(hints::of_container(&container, file));
                    containers.push(container);
                }
            }
            None => found.extend(hints::of_command(line)),
        }
    }
    containers.sort_by_key(|c: &Container| (c.head.start, c.body.start));
    found.sort_by_key(|h| h.span.start);
    found.dedup();
    let mut containers = merge::one_a_place(containers, source);
    containers.iter_mut().for_each(repeat::by_name);
    (containers, found)
}
