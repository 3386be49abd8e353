//! The options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{EngineWord, FailOn, Selector};
use crate::engine::Selinux;
use crate::fix::Severity;
use crate::front::{FRONTS, Kind};

/// Says what each container in a repository may do, what of that it does not need, and what to write instead.
#[derive(Debug, Parser)]
#[command(
    name = "privlint",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
#[command(after_help = "Exit codes: 0 nothing found, 1 findings, 2 the job could not be done.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
    /// When to colour
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: ColorWhen,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check files or folders; what privlint does without a subcommand
    #[command(hide = true)]
    Check(CheckArgs),
    /// List every container found and what it may do
    Inspect(InspectArgs),
    /// List every privilege that a comment lets pass, with its reason and its end
    Exceptions(ExceptionsArgs),
    /// Show a rule's page
    Explain {
        /// The rule
        rule: String,
    },
    /// List all rules, a line each
    Rules {
        /// How to write the list
        #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Write a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page
    Man,
    /// Write a commented configuration file, .privlint.yaml
    Init,
}

/// Which files are read, and as what.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FileArgs {
    /// Files or folders (default: the current folder); `-` is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Are the target hosts SELinux hosts?
    #[arg(long, value_parser = selinux, value_name = "auto|on|off")]
    pub(crate) selinux: Option<Selinux>,
    /// The engine that runs Compose files and words such as $DOCKER
    #[arg(long, value_parser = engine, value_name = "auto|docker|podman")]
    pub(crate) engine: Option<EngineWord>,
    /// Use this configuration file and no other
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(crate) config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long)]
    pub(crate) isolated: bool,
    /// Leave out what a glob covers, in the syntax of .gitignore
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Leave out excluded files also when they are named
    #[arg(long)]
    pub(crate) force_exclude: bool,
    /// Read what other projects keep in this one too: vendor, node_modules and their like
    #[arg(long)]
    pub(crate) no_default_excludes: bool,

    /// Read files that .gitignore leaves out too
    #[arg(long)]
    pub(crate) no_gitignore: bool,
    /// The path that standard input is taken to have
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Read every file as this kind
    #[arg(long = "as", value_parser = kind, value_name = "KIND")]
    pub(crate) kind: Option<Kind>,
    /// Show no progress
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// Write findings and nothing else
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say which files are read, and which not
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// A check.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// Apply the safe fixes
    #[arg(long)]
    pub(crate) fix: bool,
    /// Apply the unsafe fixes too, with --fix or --diff
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,
    /// Write the fixes as a unified diff, and change nothing
    #[arg(long, conflicts_with = "fix")]
    pub(crate) diff: bool,
    /// The rules or groups to check
    #[arg(long, value_delimiter = ',', value_name = "RULE,…")]
    pub(crate) select: Option<Vec<Selector>>,
    /// Rules or groups to leave out
    #[arg(long, value_delimiter = ',', value_name = "RULE,…")]
    pub(crate) ignore: Vec<Selector>,
    /// Check the strict group too
    #[arg(long)]
    pub(crate) strict: bool,
    /// How to write the findings, and into which file; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    pub(crate) format: Vec<FormatTo>,
    /// The least severity that makes the exit code 1
    #[arg(long, value_parser = fail_on, value_name = "error|warning|note|never")]
    pub(crate) fail_on: Option<FailOn>,
    /// Show nothing that is less grave
    #[arg(long, value_parser = severity, value_name = "error|warning|note")]
    pub(crate) min_severity: Option<Severity>,

    /// In which order the findings are shown
    #[arg(long, value_enum, default_value = "gravity", value_name = "ORDER")]
    pub(crate) sort: Sort,

    /// Show what ignore comments and the baseline of the configuration leave out too
    #[arg(long, conflicts_with_all = ["baseline", "add_ignore"])]
    pub(crate) no_ignores: bool,

    /// Leave out the findings that this file lists
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    pub(crate) baseline: Option<PathBuf>,
    /// List the present findings in this file, so that only new ones are shown from now on
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Write an ignore comment with this reason at every finding
    #[arg(long, value_name = "REASON", conflicts_with_all = ["fix", "diff", "write_baseline"], value_parser = ignore_reason)]
    pub(crate) add_ignore: Option<String>,
    /// Count the findings of each rule instead of showing them
    #[arg(long)]
    pub(crate) statistics: bool,
    /// Check again whenever a file changes
    #[arg(long, conflicts_with_all = ["fix", "diff", "add_ignore", "write_baseline", "show_files", "show_settings"])]
    pub(crate) watch: bool,
    /// List the files that would be read, and check none
    #[arg(long)]
    pub(crate) show_files: bool,
    /// Show what holds for each file, and check none
    #[arg(long, conflicts_with = "show_files")]
    pub(crate) show_settings: bool,
}

/// A list of containers.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// How to write the list
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    pub(crate) format: ListFormat,
}

/// A list of what is ignored.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ExceptionsArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// How to write the list
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    pub(crate) format: ExceptionsFormat,
}

/// How the list of exceptions is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExceptionsFormat {
    /// For readers
    #[default]
    Table,
    /// For programs
    Json,
    /// For documents
    Markdown,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The order of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// The gravest first, in each file and among the files
    #[default]
    Gravity,
    /// By path and line
    Path,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For readers
    #[default]
    Table,
    /// For programs
    Json,
}

/// A format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the lines, the reasons and the fixes
    #[default]
    Full,
    /// A line each
    Concise,
    /// JSON, version 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub: annotations of a pull request
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// JUnit: a test a file
    Junit,
    /// Checkstyle
    Checkstyle,
    /// The diagnostic format of reviewdog
    Rdjson,
    /// A table for a job's page
    Markdown,
}

/// A format, and the file it goes to; standard output without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FormatTo {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
}

impl std::str::FromStr for FormatTo {
    type Err = String;

    fn from_str(text: &str) -> Result<FormatTo, String> {
        let (word, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the file has no name".to_owned()),
            Some((word, file)) => (word, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let formats = Format::value_variants();
        let names: Vec<String> = formats
            .iter()
            .filter_map(|f| Some(f.to_possible_value()?.get_name().to_owned()))
            .collect();
        let at = names.iter().position(|name| name == word);
        match at.and_then(|at| formats.get(at)) {
            Some(format) => Ok(FormatTo { format: *format, file }),
            None => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let hint = crate::config::did_you_mean(word, &names);
                Err(format!("unknown format `{word}`{hint}"))
            }
        }
    }
}

fn one_of<T: Copy>(word: &str, known: &[(&str, T)]) -> Result<T, String> {
    match known.iter().find(|(name, _)| *name == word) {
        Some((_, value)) => Ok(*value),
        None => {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let hint = crate::config::did_you_mean(word, &names);
            Err(format!("unknown value `{word}`{hint}"))
        }
    }
}

fn selinux(word: &str) -> Result<Selinux, String> {
    let known = [("auto", Selinux::Auto), ("on", Selinux::On), ("off", Selinux::Off)];
    one_of(word, &known)
}

fn engine(word: &str) -> Result<EngineWord, String> {
    let known = [
        ("auto", EngineWord::Auto),
        ("docker", EngineWord::Docker),
        ("podman", EngineWord::Podman),
    ];
    one_of(word, &known)
}

fn fail_on(word: &str) -> Result<FailOn, String> {
    let known = [
        ("error", FailOn::Error),
        ("warning", FailOn::Warning),
        ("note", FailOn::Note),
        ("never", FailOn::Never),
    ];
    one_of(word, &known)
}

fn severity(word: &str) -> Result<Severity, String> {
    let known = [
        ("error", Severity::Error),
        ("warning", Severity::Warning),
        ("note", Severity::Note),
    ];
    one_of(word, &known)
}

/// A reason is one line, and says something.
fn ignore_reason(reason: &str) -> Result<String, String> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().any(char::is_control) {
        return Err("a reason is a line of words".to_owned());
    }
    Ok(reason.to_owned())
}

fn kind(word: &str) -> Result<Kind, String> {
    let known: Vec<(&str, Kind)> = FRONTS.iter().map(|front| (front.word, front.kind)).collect();
    one_of(word, &known)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_options_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
