//! The Dockerfile front: Dockerfiles and Containerfiles.
//!
//! Three kinds of containers come out of one file: the image that the final stage is, the `RUN`
//! steps that ask something of the builder, and the commands that stand in `RUN` bodies, in scripts
//! written by heredocs and in labels.

mod accounts;
mod expand;
mod grants;
mod image;
mod joined;
mod keyword;
mod known;
mod left;
mod lexer;
mod modes;
mod passwords;
mod render;
mod run;
mod stages;
mod starts;
mod sudoers;
mod words;

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use self::expand::{Expander, Scope};
use self::keyword::Keyword;
use self::known::Known;
use self::lexer::{Instruction, Lexed};
use self::stages::Stage;
use super::one_by_one::one_by_one;
use super::reading::{Kind, Nested, Problem, Reading, Seam, Surroundings};
use crate::container::{Container, Engine, FileId, Via, ViaKind};
use crate::fix::{Change, Edit, Refusal};
use crate::source::{Excerpt, Source, Span};

/// The edits that carry out changes of build steps and images, or why they cannot be made.
///
/// # Errors
/// A [`Refusal`] where a Dockerfile has no way to say it, or the text is not written out.
pub fn render(reading: &Reading, all: &[(&Container, Vec<Change>)]) -> Result<Vec<Edit>, Refusal> {
    one_by_one(reading, all, self::render::render)
}

/// Reads a Dockerfile or Containerfile. It never fails: see [`Reading::problems`].
pub fn read(source: &Arc<Source>, surroundings: &Surroundings) -> Reading {
    let text = source.text();
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let mut lexed = lexer::lex(text);
    if is_something_else(source, &lexed) {
        return Reading::new(Kind::Dockerfile, Arc::clone(source));
    }
    let mut own = Reading {
        problems: problems(&lexed, text),
        comments: std::mem::take(&mut lexed.comments),
        nodes: lexed.instructions.iter().map(|i| i.span).collect(),
        ..Reading::new(Kind::Dockerfile, Arc::clone(source))
    };
    let mut expander = Expander::new(lexed.escape);
    let (stages, global) = stages::stages(&lexed.instructions, &mut expander);
    let posix = posix_at_start(&stages);
    let files = starts::Files {
        folder: Some(folder),
        open: surroundings.open,
        opened: Cell::new(0),
    };
    let input = image::Input {
        text,
        stages: &stages,
        global: &global,
        posix: &posix,
        engine: surroundings.engine,
        knowledge: surroundings.knowledge,
        files: &files,
    };
    if let Some(image) = image::read(&input, &mut expander) {
        let cut = image.grants.get(grants::MAX_GRANTS - 1);
        own.problems.extend(cut.map(|last| Problem {
            file: FileId(0),
            span: last.place.value,
            message: "this image gives away more than is followed".to_owned(),
            ends_reading: false,
            bound: true,
        }));
        own.containers.push(image);
    }
    // a file without `FROM` is a part of one, put together by other means
    let count: usize = stages.iter().map(|s| s.rest.len() + 1).sum();
    let before = lexed.instructions.len().saturating_sub(count);
    let before = lexed.instructions.get(..before).map(|part| (part, true));
    let parts = stages.iter().map(|s| s.rest).zip(posix);
    let whole = Whole {
        text,
        engine: surroundings.engine,
        global: &global,
    };
    for (part, posix) in before.into_iter().chain(parts) {
        read_part(part, posix, &whole, &mut expander, &mut own);
    }
    if expander.exhausted {
        own.problems.push(Problem {
            file: FileId(0),
            span: lexed.instructions.first().map_or(Span::default(), |i| i.head),
            message: "the variables of this file grow too large to be followed".to_owned(),
            ends_reading: true,
            bound: true,
        });
    }
    own
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
        knowledge: surroundings.knowledge,
        files: &starts::Files {
            folder: source.path.parent(),
            open: surroundings.open,
            opened: Cell::new(0),
        },
    };
    image::read(&input, &mut expander)
}

/// True for a file that only shares a Dockerfile's name, as `dockerfile-form.tmpl` may: its first instruction
/// is none, and nothing in it begins a stage.
fn is_something_else(source: &Source, lexed: &Lexed) -> bool {
    let name = source
        .path
        .file_name()
        .map(|name| name.to_string_lossy().to_ascii_lowercase());
    let plain = name.is_none_or(|name| name == "dockerfile" || name == "containerfile" || !name.contains("file"));
    let unknown = lexed
        .instructions
        .first()
        .is_some_and(|first| first.keyword == Keyword::Unknown);
    !plain && unknown && !lexed.instructions.iter().any(|i| i.keyword == Keyword::From)
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
        bound: false,
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
        problems.push(Problem {
            bound: why != lexer::LONG_LINE,
            ..problem(span, why, true)
        });
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
fn read_part(part: &[Instruction], mut posix: bool, whole: &Whole, expander: &mut Expander, own: &mut Reading) {
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
            Keyword::Label => own.nested.extend(label_commands(instruction, text, expander)),
            _ => {}
        }
        let name = || text.get(instruction.head.range()).unwrap_or("").to_ascii_uppercase();
        let found = run::shell(instruction, text, posix).into_iter();
        own.nested.extend(
            found
                // a comment for privlint behind a command is read with the shell that it stands in
                .filter(|excerpt| run::mentions_engine(excerpt.text()) || excerpt.text().contains("privlint:"))
                .map(|excerpt| {
                    let shell = known.hand_to(excerpt, instruction.keyword == Keyword::Run, text);
                    shell_in(instruction, shell, name(), instruction.head)
                }),
        );
    }
}

/// Labels whose value is a command: `podman container runlabel` runs them on the host.
fn label_commands(instruction: &Instruction, text: &str, expander: &mut Expander) -> Vec<Nested> {
    let line = &instruction.line;
    let mut found = Vec::new();
    for pair in image::pairs(instruction, expander.escape()) {
        let excerpt = expander
            .expand(line, &pair.value, &Scope::default())
            .excerpt(line, text);
        if run::begins_with_engine(excerpt.text()) {
            let name = format!("LABEL {}", line.part(&pair.key));
            found.push(shell_in(instruction, excerpt, name, line.outer(&pair.key)));
        }
    }
    found
}

/// Shell that stands in an instruction, which a reader calls by a name that stands at a place: `RUN`,
/// `LABEL install`.
fn shell_in(instruction: &Instruction, excerpt: Excerpt, name: String, at: Span) -> Nested {
    let span = Span {
        start: at.start,
        end: instruction.span.end,
    };
    Nested {
        provenance: vec![Via {
            kind: ViaKind::Embedded,
            name,
            span: at,
            file: FileId(0),
        }],
        inside_image: true,
        ..Nested::new(Kind::Shell, excerpt, span, Seam::Verbatim)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
