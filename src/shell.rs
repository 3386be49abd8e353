//! Reads shell: a script's text to the commands it would run, each word with its value and its place.
//!
//! This is an evaluator of values, not a shell. It follows assignments, arrays, functions, branches,
//! short loops, sourced files and scripts in strings; what it cannot know becomes a hole. It is
//! bounded in size, time, depth and steps, and says where a bound was hit.

mod aliases;
mod alternatives;
mod ansi;
mod assign;
mod bodies;
mod braces;
mod branches;
mod calls;
mod choices;
mod command;
mod compound;
mod cron;
mod declares;
mod document;
mod each;
mod elements;
mod embed;
mod eval;
mod expand;
mod expansions;
mod fed;
mod fields;
mod filters;
mod folder;
mod handed;
mod heredocs;
mod items;
mod join;
mod launches;
mod loose;
mod names;
mod open;
mod operators;
mod output;
mod output_paths;
mod pace;
mod params;
mod parse;
mod patches;
mod placeholders;
mod prefix;
mod prefixes;
mod printed;
mod reads;
mod rebase;
mod redirects;
mod returns;
mod rounds;
mod scan;
mod scope;
mod sets;
mod shells;
mod simple;
mod sourced;
mod statements;
mod steps;
mod touching;
mod tree;
mod value;
mod variables;
mod whole_values;
mod words;

use std::path::{Path, PathBuf};

use crate::container::{Engine, FileId};
use crate::source::{Excerpt, Span};
use crate::spec::CommandLine;

pub use handed::{Gap, Handed, Receiver};
pub use steps::{Step, steps};
pub use variables::variables_in;

/// Programs besides the engines whose runs are reported: they speak for an SELinux host, or against one.
pub const REPORTED: &[&str] = &[
    "setenforce",
    "getenforce",
    "semanage",
    "restorecon",
    "chcon",
    "semodule",
    "setsebool",
    "selinuxenabled",
    "sestatus",
    "audit2allow",
    "udica",
    "dnf",
    "yum",
    "rpm-ostree",
    "microdnf",
    "dnf5",
    "apt",
    "apt-get",
    "pacman",
    "apk",
];

/// Compose as a program of its own: its runs are reported too.
pub const COMPOSE: &[&str] = &["docker-compose", "podman-compose"];
/// Other programs that start containers.
pub const CLIENTS: &[&str] = &["ctr"];

/// The engine that a command line calls: [`Engine::Unknown`] for a word such as `$DOCKER` that may be
/// any of them, `None` for every other program.
pub fn engine_of(line: &CommandLine) -> Option<Engine> {
    names::engine_of(line)
}

/// True where the script chooses the engine when it runs, and podman is among those it may choose.
pub fn may_choose_podman(line: &CommandLine) -> bool {
    names::may_choose_podman(line)
}

/// Gives a file's text, by its path relative to where the run started.
pub type Open<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// What is read.
pub struct Input<'a> {
    /// The script.
    pub text: &'a str,
    /// Where the text stands in the outer file; `None` when it is the whole of it.
    pub outer: Option<&'a Excerpt>,
    /// The file that spans count in.
    pub file: FileId,
    /// The path of the file, for `source`.
    pub path: &'a Path,
    /// Reads a file that the script sources; `None` when no file may be read.
    pub open: Option<Open<'a>>,
}

/// What was read. All spans are those of the outer file.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The commands that an engine may run, and those of [`REPORTED`], in the order they were met.
    pub commands: Vec<CommandLine>,
    /// Comments, from `#` to the end of the line.
    pub comments: Vec<Span>,
    /// Statements, in order of their starts, the larger first.
    pub statements: Vec<Span>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The texts that the script itself writes to files or feeds to programs, in the order they were met.
    pub handed: Vec<Handed>,
    /// The files that were sourced: the first has the id after that of the script itself.
    pub sourced: Vec<(PathBuf, String)>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file that the span counts in.
    pub file: FileId,
    /// Where.
    pub span: Span,
    /// What, in lower case without a full stop.
    pub message: String,
    /// True when what comes after it was not read.
    pub ends_reading: bool,
    /// True for a bound of the reader's own: nothing is wrong with the script.
    pub bound: bool,
}

/// Reads a script. Never fails: what cannot be read is a [`Problem`].
pub fn read(input: &Input) -> Outcome {
    let document = document::Document {
        text: input.text,
        outer: input.outer,
    };
    let parsed = parse::parse(&document);
    let mut problems = Vec::new();
    if let Some(broken) = &parsed.broken {
        problems.push(Problem {
            file: input.file,
            span: document.span(broken.span.start as usize, broken.span.end as usize),
            message: broken.message.to_owned(),
            ends_reading: false,
            bound: false,
        });
    }
    if let Some((span, message)) = parsed.stopped {
        problems.push(Problem {
            file: input.file,
            span,
            message: message.to_owned(),
            ends_reading: true,
            bound: true,
        });
    }
    let mut evaluator = eval::Evaluator::new(input.path, input.file, input.open);
    evaluator.script(&parsed.body);
    problems.extend(evaluator.stop.iter().chain(&evaluator.problems).map(|stop| Problem {
        file: stop.file,
        span: stop.span,
        message: stop.message.to_owned(),
        ends_reading: true,
        bound: true,
    }));
    Outcome {
        commands: evaluator.launches.take(),
        comments: parsed.comments,
        statements: parsed.statements,
        problems,
        handed: evaluator.handed.take(),
        sourced: evaluator.sources,
    }
}

#[cfg(test)]
mod tests;
