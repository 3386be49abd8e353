//! The shell front: scripts, and shell inside other documents.

mod ending;
mod hints;
mod render;
mod repeat;
mod root;
mod slot;
mod volumes;

use std::path::Path;
use std::sync::Arc;

use crate::container::{Container, Engine, FileId, Text, Via, ViaKind, Written};
use crate::fix::{Change, Edit, Refusal};
use crate::shell::{self, Handed, Receiver};
use crate::source::{Excerpt, Source, Span};
use crate::spec::command::Use;
use crate::spec::{self, CommandLine};

use super::one_by_one::one_by_one;
use super::reading::{Comment, Form, Hint, Kind, Nested, Open, Problem, Reading, Seam, Surroundings};

/// The edits that carry out changes of commands, or why they cannot be made.
///
/// # Errors
/// A [`Refusal`] where the text to be changed is not written out.
pub fn render(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    one_by_one(reading, all, render::render)
}

/// Words without which a script launches nothing: the engines, and names of variables that hold one.
const ENGINE_WORDS: &[&str] = &[
    "docker",
    "podman",
    "nerdctl",
    "ctr ",
    "container",
    "compose",
    "services:",
    "engine",
    "runtime",
    "oci_",
    "dkr",
    "$ce",
    "${ce",
    "$cri",
    "${cri",
    "privlint",
];

/// True unless nothing in the text could be a launch.
pub(super) fn may_matter(text: &str) -> bool {
    if sources(text) {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    ENGINE_WORDS
        .iter()
        .any(|word| memchr::memmem::find(lower.as_bytes(), word.as_bytes()).is_some())
}

/// True for a script that calls what another one beside it defines: that may be a launch.
fn sources(text: &str) -> bool {
    let named = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("source ").or_else(|| line.strip_prefix(". "));
        rest.is_some_and(|path| path.contains(".sh") || path.contains(".bash") || path.contains("lib"))
    };
    text.lines().any(named)
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
    let (containers, hints, cut) = lower(&outcome.commands, FileId(0), surroundings.engine, Some(source));
    reading.containers = containers;
    let given: Vec<CommandLine> = outcome.commands.iter().filter_map(given_here).collect();
    if !given.is_empty() {
        let added = lower(&given, FileId(0), surroundings.engine, None).0;
        reading.containers.extend(added);
        reading.containers.sort_by_key(|c| (c.head.start, c.body.start));
    }
    reading.problems.extend(cut);
    reading.stacks = stacks(&outcome.commands, FileId(0));
    let sourced = (1..reading.sources.len()).filter_map(|n| u16::try_from(n).ok());
    reading.lent = sourced
        .filter(|n| outcome.commands.iter().any(|line| line.file == FileId(*n)))
        .flat_map(|n| lower(&outcome.commands, FileId(n), surroundings.engine, None).0)
        .collect();
    reading.scaled = outcome
        .commands
        .iter()
        .flat_map(|line| spec::command::scaled(line, shell::engine_of(line)))
        .collect();
    reading.entered = entered(&outcome.commands, FileId(0));
    reading.selinux_hints = hints;
    let by_root = root::may_run(text);
    // the package brings a `docker` that is podman
    let either = text.contains("podman-docker");
    for container in &mut reading.containers {
        if either && container.engine == Engine::Docker {
            container.engine = Engine::Unknown;
        }
        slot::refine(container, source);
        container.rootless &= !by_root;
    }
    reading.nested = outcome.handed.into_iter().map(nested).collect();
    reading
}

/// Reads shell that stands inside another file, with its places there.
pub fn read_in_place(outer: &Arc<Source>, excerpt: &Excerpt, surroundings: &Surroundings) -> Reading {
    let outcome = shell::read(&shell::Input {
        text: excerpt.text(),
        outer: Some(excerpt),
        file: FileId(0),
        path: Path::new(""),
        open: None,
    });
    let (mut containers, selinux_hints, _) = lower(&outcome.commands, FileId(0), surroundings.engine, None);
    if root::may_run(excerpt.text()) {
        containers.iter_mut().for_each(|container| container.rootless = false);
    }
    let own_line = false;
    let comments = outcome.comments.iter().map(|&span| Comment { span, own_line });
    Reading {
        containers,
        problems: outcome.problems.into_iter().map(problem).collect(),
        comments: comments.collect(),
        nodes: outcome.statements,
        selinux_hints,
        ..Reading::new(Kind::Shell, Arc::clone(outer))
    }
}

/// A launch in a function of a sourced file, as the script calls it with options of its own: it stands at the
/// call. What the file says of the launch by itself is told there.
fn given_here(line: &CommandLine) -> Option<CommandLine> {
    if line.file == FileId(0) {
        return None;
    }
    let call = |via: &&Via| via.kind == ViaKind::Function && via.file == FileId(0);
    let call = line.via.iter().find(call)?.clone();
    let given = line.words.iter().skip(1).any(|word| {
        let option = word.text.known_prefix().starts_with('-');
        option && word.place.file == FileId(0) && call.span.contains(word.place.value)
    });
    given.then(|| CommandLine {
        file: FileId(0),
        span: call.span,
        ..line.clone()
    })
}

/// A text that the script writes to a file or feeds to a program, as a document.
fn nested(handed: Handed) -> Nested {
    let name = match &handed.to {
        Receiver::File { path, .. } => Path::new(path)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
        _ => None,
    };
    let mut provenance = vec![Via {
        kind: ViaKind::Embedded,
        name: name.unwrap_or_else(|| "heredoc".to_owned()),
        span: handed.span,
        file: FileId(0),
    }];
    provenance.extend(handed.via);
    Nested {
        form: match handed.to {
            Receiver::Compose => Form::Kind(Kind::Compose),
            Receiver::Stack => Form::Stack,
            Receiver::Build => Form::Kind(Kind::Dockerfile),
            Receiver::File { path, appends } => Form::File { path, appends },
        },
        excerpt: handed.excerpt,
        span: handed.span,
        provenance,
        certain: handed.certain,
        open: Open {
            gaps: handed.gaps,
            left_out: handed.left_out,
            assumed: handed.assumed,
            grows: handed.grows,
        },
        seam: match (handed.in_quotes, handed.verbatim) {
            (true, _) => Seam::Quotes,
            (false, true) => Seam::Verbatim,
            (false, false) => Seam::Expansions,
        },
        inside_image: false,
        by_root: false,
        many: false,
        is_example: false,
        shared: Vec::new(),
    }
}

fn problem(problem: shell::Problem) -> Problem {
    Problem {
        file: problem.file,
        span: problem.span,
        message: problem.message,
        ends_reading: problem.ends_reading,
        bound: problem.bound,
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

/// True where the commands copy out of containers and start none that was created.
fn only_copies(commands: &[CommandLine], file: FileId) -> bool {
    let own = commands.iter().filter(|line| line.file == file);
    let uses: Vec<Use> = own
        .filter_map(|line| spec::command::use_of(line, shell::engine_of(line)?))
        .collect();
    uses.contains(&Use::Copies) && !uses.contains(&Use::Starts)
}

/// The words for an engine that turn out to be Compose: nothing else has `up` and `down`.
fn composes(commands: &[CommandLine]) -> Vec<String> {
    let unknown = commands
        .iter()
        .filter(|line| shell::engine_of(line) == Some(Engine::Unknown));
    let says = |line: &&CommandLine| {
        let word = line.words.get(1).and_then(|word| word.text.known());
        word.is_some_and(|word| matches!(word.as_ref(), "up" | "down"))
    };
    let mut words: Vec<String> = unknown
        .filter(says)
        .filter_map(|line| Some(line.words.first()?.text.shown()))
        .collect();
    words.dedup();
    words
}

/// Command lines to containers and hints, in order of their places. Commands that stand in a sourced
/// file are left to the reading of that file.
fn lower(
    commands: &[CommandLine],
    file: FileId,
    unknown: Engine,
    source: Option<&Source>,
) -> (Vec<Container>, Vec<Hint>, Vec<Problem>) {
    let mut containers = Vec::new();
    let mut found = Vec::new();
    let mut cut: Vec<Problem> = Vec::new();
    let only_copied = only_copies(commands, file);
    let composes = composes(commands);
    for line in commands.iter().filter(|line| line.file == file) {
        let called = line.words.first().map(|word| word.text.shown());
        if called.is_some_and(|called| composes.contains(&called)) {
            continue;
        }
        containers.extend(spec::command::entered_container(line, shell::engine_of(line)));
        containers.extend(spec::command::containerd_container(line));
        match shell::engine_of(line) {
            Some(engine) => {
                let engine = if engine == Engine::Unknown { unknown } else { engine };
                let choice = engine == Engine::Unknown && shell::may_choose_podman(line);
                let mut own = Vec::new();
                let read = spec::command::read(line, engine).or_else(|| {
                    let (open, problem) = ending::bare(line, source?)?;
                    own.push(problem);
                    spec::command::read(&open, engine)
                });
                if let Some(mut container) = read {
                    own.extend(source.and_then(|source| ending::mark(&mut container, source)));
                    ending::hide_privilege(&mut container);
                    cut.extend(
                        own.into_iter()
                            .filter(|problem| !cut.contains(problem))
                            .collect::<Vec<_>>(),
                    );
                    container.maybe_podman |= choice;
                    let creates = spec::command::use_of(line, engine) == Some(Use::Creates);
                    container.around.only_copied = only_copied && creates;
                    found.extend(hints::of_container(&container, file));
                    containers.push(container);
                }
            }
            None => found.extend(hints::of_command(line)),
        }
    }
    volumes::unmask(commands, &mut containers);
    containers.sort_by_key(|c: &Container| (c.head.start, c.body.start));
    found.sort_by_key(|h| h.span.start);
    found.dedup();
    let mut containers = super::merge::one_a_place(containers, source);
    containers.iter_mut().for_each(repeat::by_name);
    (containers, found, cut)
}
