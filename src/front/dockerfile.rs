//! The Dockerfile front: Dockerfiles and Containerfiles.
//!
//! Three kinds of containers come out of one file: the image that the final stage is, the `RUN`
//! steps that ask something of the builder, and the commands that stand in `RUN` bodies, in scripts
//! written by heredocs and in labels.

mod accounts;
mod embedded;
mod expand;
mod grants;
mod image;
mod joined;
mod keyword;
mod known;
mod left;
mod lexer;
mod modes;
mod render;
mod run;
mod stages;
mod starts;
mod sudoers;
mod words;

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use self::expand::{Expander, Scope};
use self::keyword::Keyword;
use self::known::Known;
use self::lexer::{Instruction, Lexed};
use self::stages::Stage;
use super::reading::{Hint, Kind, Problem, Reading, Surroundings};
use super::script::{self, Fragment};
use crate::container::{Container, Engine, FileId, Via, ViaKind};
use crate::source::{Excerpt, Source, Span};

pub use self::render::render;

/// Reads a Dockerfile or Containerfile. It never fails: see [`Reading::problems`].
pub fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let found = fragment(source.text(), None, FileId(0), Some(folder), surroundings);
    Reading {
        containers: found.containers,
        problems: found.problems,
        comments: found.comments,
        nodes: found.nodes,
        selinux_hints: found.selinux_hints,
        ..Reading::new(Kind::Dockerfile, Arc::clone(source))
    }
}

/// What a build that names a stage and gives arguments makes of a Dockerfile: the image alone. `None`
/// where there is no such stage. An argument without a value is one that the environment sets.
pub(super) fn image_of(
    source: &Source,
    target: Option<&str>,
    args: HashMap<String, Option<String>>,
    surroundings: &Surroundings,
) -> Option<Container> {
    let text = source.text();
    let lexed = lexer::lex(text);
    let mut expander = Expander::new(lexed.escape);
    expander.given = args;
    let (stages, global) = stages::stages(&lexed.instructions, &mut expander);
    let last = match target {
        Some(name) => stages::named(&stages, name)?,
        None => stages.len().checked_sub(1)?,
    };
    let input = image::Input {
        text,
        stages: stages.get(..=last)?,
        global: &global,
        posix: &posix_at_start(&stages),
        engine: surroundings.engine,
        files: &starts::Files {
            folder: source.path.parent(),
            open: surroundings.open,
            opened: Cell::new(0),
        },
    };
    image::read(&input, &mut expander)
}

/// Reads a Dockerfile that stands inside `file`: Compose's `dockerfile_inline`, a heredoc. All spans
/// are those of the outer file.
pub fn read_excerpt(excerpt: &Excerpt, file: FileId, surroundings: &Surroundings) -> Fragment {
    fragment(excerpt.text(), Some(excerpt), file, None, surroundings)
}

/// What a text holds; `outer` says where it stands, unless it is the whole file, and `folder` where
/// its build context may be.
fn fragment(
    text: &str,
    outer: Option<&Excerpt>,
    file: FileId,
    folder: Option<&Path>,
    surroundings: &Surroundings,
) -> Fragment {
    let mut lexed = lexer::lex(text);
    let mut own = Fragment {
        problems: problems(&lexed, text),
        comments: std::mem::take(&mut lexed.comments),
        nodes: lexed.instructions.iter().map(|i| i.span).collect(),
        ..Fragment::default()
    };
    let mut expander = Expander::new(lexed.escape);
    let (stages, global) = stages::stages(&lexed.instructions, &mut expander);
    let posix = posix_at_start(&stages);
    let files = starts::Files {
        folder,
        open: surroundings.open,
        opened: Cell::new(0),
    };
    let input = image::Input {
        text,
        stages: &stages,
        global: &global,
        posix: &posix,
        engine: surroundings.engine,
        files: &files,
    };
    if let Some(image) = image::read(&input, &mut expander) {
        let cut = image.grants.get(grants::MAX_GRANTS - 1);
        own.problems.extend(cut.map(|last| Problem {
            file: FileId(0),
            span: last.place.value,
            message: "this image gives away more than is followed".to_owned(),
            ends_reading: false,
        }));
        own.containers.push(image);
    }
    // a file without `FROM` is a part of one, put together by other means
    let count: usize = stages.iter().map(|s| s.rest.len() + 1).sum();
    let before = lexed.instructions.len().saturating_sub(count);
    let before = lexed.instructions.get(..before).map(|part| (part, true));
    let parts = stages.iter().map(|s| s.rest).zip(posix);
    let mut shell = Vec::new();
    let whole = Whole {
        text,
        engine: surroundings.engine,
        global: &global,
    };
    for (part, posix) in before.into_iter().chain(parts) {
        read_part(part, posix, &whole, &mut expander, &mut own, &mut shell);
    }
    if expander.exhausted {
        own.problems.push(Problem {
            file: FileId(0),
            span: lexed.instructions.first().map_or(Span::default(), |i| i.head),
            message: "the variables of this file grow too large to be followed".to_owned(),
            ends_reading: true,
        });
    }
    if let Some(outer) = outer {
        embedded::move_out(&mut own, &mut shell, outer, file);
    }
    for piece in &shell {
        piece.read(file, surroundings, &mut own);
    }
    own.containers.sort_by_key(|c| (c.head.start, Reverse(c.body.end)));
    own.comments.sort_by_key(|c| c.span);
    own.comments.dedup();
    own.nodes.sort_by_key(|n| (n.start, Reverse(n.end)));
    own.nodes.dedup();
    own
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
    let unknown = lexed.instructions.iter().all(|i| i.keyword == Keyword::Unknown);
    if unknown && lexed.cut.is_none() {
        let at = text.len() - text.trim_start_matches(crate::source::BOM).len();
        let span = lexed.instructions.first().map_or(Span::at(at), |first| first.head);
        problems.push(problem(span, "no instruction that a builder knows", false));
    }
    if let Some(span) = lexed.unterminated {
        problems.push(problem(span, "this heredoc never ends", true));
    }
    if let Some((span, why)) = lexed.cut {
        problems.push(problem(span, why, true));
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

/// What every stage is read with.
struct Whole<'a> {
    text: &'a str,
    engine: Engine,
    /// The arguments before the first stage.
    global: &'a Scope,
}

/// Gathers the steps of a stage, and the shell in it. `posix` says whether its shell is one that is read.
fn read_part(
    part: &[Instruction],
    mut posix: bool,
    whole: &Whole,
    expander: &mut Expander,
    own: &mut Fragment,
    shell: &mut Vec<Shell>,
) {
    let &Whole { text, engine, global } = whole;
    let mut known = Known::default();
    for instruction in part {
        if !instruction.onbuild {
            known.apply(instruction, text, global, expander);
        }
        match instruction.keyword {
            Keyword::Shell if !instruction.onbuild => posix = run::sets_shell(instruction),
            Keyword::Run => {
                let step = run::step(instruction, expander, engine);
                own.selinux_hints.extend(step.as_ref().and_then(run::relabels));
                own.containers.extend(step);
            }
            Keyword::Label => shell.extend(label_commands(instruction, text, expander)),
            _ => {}
        }
        let name = || text.get(instruction.head.range()).unwrap_or("").to_ascii_uppercase();
        let found = run::shell(instruction, text, posix).into_iter();
        shell.extend(
            found
                // a comment for privlint behind a command is read with the shell that it stands in
                .filter(|excerpt| run::mentions_engine(excerpt.text()) || excerpt.text().contains("privlint:"))
                .map(|excerpt| Shell {
                    excerpt: known.hand_to(excerpt, instruction.keyword == Keyword::Run, text),
                    name: name(),
                    at: instruction.head,
                }),
        );
    }
}

/// Labels whose value is a command: `podman container runlabel` runs them on the host.
fn label_commands(instruction: &Instruction, text: &str, expander: &mut Expander) -> Vec<Shell> {
    let line = &instruction.line;
    let mut found = Vec::new();
    for pair in image::pairs(instruction, expander.escape()) {
        let excerpt = expander
            .expand(line, &pair.value, &Scope::default())
            .excerpt(line, text);
        if run::begins_with_engine(excerpt.text()) {
            found.push(Shell {
                excerpt,
                name: format!("LABEL {}", line.part(&pair.key)),
                at: line.outer(&pair.key),
            });
        }
    }
    found
}

/// Shell that stands in an instruction.
struct Shell {
    excerpt: Excerpt,
    /// The instruction as a reader calls it: `RUN`, `LABEL install`.
    name: String,
    /// Where that stands.
    at: Span,
}

impl Shell {
    /// Reads it, and adds what it holds.
    fn read(&self, file: FileId, surroundings: &Surroundings, into: &mut Fragment) {
        let mut found = script::read_excerpt(&self.excerpt, file, surroundings);
        for container in &mut found.containers {
            // steps run as root until the Dockerfile says otherwise
            container.rootless = false;
            container.via.push(Via {
                kind: ViaKind::Embedded,
                name: self.name.clone(),
                span: self.at,
                file,
            });
        }
        // `dnf` in a build speaks of the image, not of the host: only what the commands themselves say counts
        let bodies: Vec<Span> = found.containers.iter().map(|c| c.body).collect();
        let said = |hint: &Hint| bodies.iter().any(|body| body.contains(hint.span));
        into.selinux_hints.extend(found.selinux_hints.into_iter().filter(said));
        into.containers.append(&mut found.containers);
        into.problems.append(&mut found.problems);
        into.comments.append(&mut found.comments);
        // the variables that were set before it stand elsewhere
        found
            .nodes
            .retain(|node| !node.is_empty() && node.start >= self.at.start);
        into.nodes.append(&mut found.nodes);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
