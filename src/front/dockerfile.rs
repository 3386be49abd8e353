//! The Dockerfile front: Dockerfiles and Containerfiles.
//!
//! Three kinds of containers come out of one file: the image that the final stage is, the `RUN`
//! steps that ask something of the builder, and the commands that stand in `RUN` bodies, in scripts
//! written by heredocs and in labels.

mod expand;
mod image;
mod joined;
mod keyword;
mod lexer;
mod render;
mod run;
mod stages;
mod words;

use std::cmp::Reverse;
use std::sync::Arc;

use self::expand::{Expander, Scope};
use self::keyword::Keyword;
use self::lexer::{Instruction, Lexed};
use self::stages::Stage;
use super::script::{self, Fragment};
use super::{Kind, Problem, Reading, Surroundings};
use crate::container::{FileId, Via, ViaKind};
use crate::source::{Excerpt, Source, Span};

pub use self::render::render;

/// Reads a Dockerfile or Containerfile. It never fails: see [`Reading::problems`].
pub fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let mut reading = Reading::new(Kind::Dockerfile, Arc::clone(source));
    let mut lexed = lexer::lex(source.text());
    reading.problems = problems(&lexed, source.text());
    reading.comments = std::mem::take(&mut lexed.comments);
    reading.nodes = lexed.instructions.iter().map(|i| i.span).collect();

    let mut expander = Expander::new(lexed.escape);
    let (stages, global) = stages::stages(&lexed.instructions, &mut expander);
    reading
        .containers
        .extend(image::read(&stages, &global, &mut expander, surroundings.engine));
    // a file without `FROM` is a part of one, put together by other means
    let count: usize = stages.iter().map(|s| s.rest.len() + 1).sum();
    let before = lexed.instructions.len().saturating_sub(count);
    let parts = stages.iter().map(|s| s.rest).zip(posix_at_start(&stages));
    for (part, posix) in lexed
        .instructions
        .get(..before)
        .map(|part| (part, true))
        .into_iter()
        .chain(parts)
    {
        read_part(part, posix, surroundings, &mut expander, &mut reading);
    }
    if expander.exhausted {
        reading.problems.push(Problem {
            file: FileId(0),
            span: Span::at(source.bom_len()),
            message: "the variables of this file grow too large to be followed".to_owned(),
            ends_reading: true,
        });
    }
    reading.containers.sort_by_key(|c| (c.head.start, Reverse(c.body.end)));
    reading.comments.sort_by_key(|c| c.span);
    reading.comments.dedup();
    reading.nodes.sort_by_key(|n| (n.start, Reverse(n.end)));
    reading.nodes.dedup();
    reading
}

/// True for text whose first instruction is one that a Dockerfile may begin with.
pub fn looks_like_dockerfile(text: &str) -> bool {
    let lexed = lexer::lex(text);
    let mut known = lexed.instructions.iter().filter(|i| i.keyword != Keyword::Unknown);
    let first_fits = lexed.instructions.first().is_some_and(|first| {
        let plain = matches!(first.keyword, Keyword::From | Keyword::Arg) && !first.onbuild;
        plain && !first.args.is_empty()
    });
    first_fits && known.any(|i| i.keyword == Keyword::From) && known.count() * 2 + 2 >= lexed.instructions.len()
}

fn problems(lexed: &Lexed, text: &str) -> Vec<Problem> {
    let problem = |span: Span, message: &str, ends_reading: bool| Problem {
        file: FileId(0),
        span,
        message: message.to_owned(),
        ends_reading,
    };
    let mut problems = Vec::new();
    if lexed.instructions.iter().all(|i| i.keyword == Keyword::Unknown) {
        let at = text.len() - text.trim_start_matches(crate::source::BOM).len();
        let span = lexed.instructions.first().map_or(Span::at(at), |first| first.head);
        problems.push(problem(span, "no instruction that a builder knows", false));
    }
    if let Some(span) = lexed.unterminated {
        problems.push(problem(span, "this heredoc never ends", true));
    }
    if let Some(span) = lexed.cut {
        problems.push(problem(span, "more instructions than are read in one file", true));
    }
    problems
}

/// For each stage, whether the shell of its first `RUN` is one that is read: Windows images and
/// `SHELL ["powershell"]` are left alone.
fn posix_at_start(stages: &[Stage]) -> Vec<bool> {
    let mut at_end: Vec<bool> = Vec::new();
    let mut at_start = Vec::new();
    for stage in stages {
        let start = match stage.parent {
            Some(parent) => at_end.get(parent).copied().unwrap_or(true),
            None => !stage.windows,
        };
        at_start.push(start);
        let last = stage
            .rest
            .iter()
            .rev()
            .find(|i| i.keyword == Keyword::Shell && !i.onbuild);
        at_end.push(last.map_or(start, run::sets_shell));
    }
    at_start
}

/// Reads the steps and labels of a stage. `posix` says whether its shell is one that is read.
fn read_part(
    part: &[Instruction],
    mut posix: bool,
    surroundings: &Surroundings,
    expander: &mut Expander,
    reading: &mut Reading,
) {
    let source = Arc::clone(reading.source());
    let file = source.text();
    for instruction in part {
        match instruction.keyword {
            Keyword::Shell if !instruction.onbuild => posix = run::sets_shell(instruction),
            Keyword::Run => {
                let step = run::step(instruction, expander, surroundings.engine);
                reading.selinux_hints.extend(step.as_ref().and_then(run::relabels));
                reading.containers.extend(step);
            }
            Keyword::Label => {
                for (key, span, excerpt) in label_commands(instruction, file, expander) {
                    embed(&excerpt, format!("LABEL {key}"), span, surroundings, reading);
                }
            }
            _ => {}
        }
        for excerpt in run::shell(instruction, file, posix) {
            if run::mentions_engine(excerpt.text()) {
                let name = source.slice(instruction.head).to_ascii_uppercase();
                embed(&excerpt, name, instruction.head, surroundings, reading);
            }
        }
    }
}

/// Labels whose value is a command, each with the label's name and where that stands:
/// `podman container runlabel` runs them on the host.
fn label_commands(instruction: &Instruction, file: &str, expander: &mut Expander) -> Vec<(String, Span, Excerpt)> {
    let line = &instruction.line;
    let mut found = Vec::new();
    for pair in image::pairs(instruction, expander.escape()) {
        let excerpt = expander
            .expand(line, &pair.value, &Scope::default())
            .excerpt(line, file);
        if run::begins_with_engine(excerpt.text()) {
            found.push((line.part(&pair.key).to_owned(), line.outer(&pair.key), excerpt));
        }
    }
    found
}

/// Reads shell that stands in an instruction, and adds what it holds.
fn embed(excerpt: &Excerpt, name: String, at: Span, surroundings: &Surroundings, reading: &mut Reading) {
    let mut fragment: Fragment = script::read_excerpt(excerpt, FileId(0), surroundings);
    for container in &mut fragment.containers {
        container.via.push(Via {
            kind: ViaKind::Embedded,
            name: name.clone(),
            span: at,
            file: FileId(0),
        });
    }
    // `dnf` in a build speaks of the image, not of the host: only what the commands themselves say counts
    let bodies: Vec<Span> = fragment.containers.iter().map(|c| c.body).collect();
    let hints = fragment.selinux_hints.into_iter();
    reading
        .selinux_hints
        .extend(hints.filter(|hint| bodies.iter().any(|body| body.contains(hint.span))));
    reading.containers.append(&mut fragment.containers);
    reading.problems.append(&mut fragment.problems);
    reading.comments.append(&mut fragment.comments);
    reading.nodes.append(&mut fragment.nodes);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
