//! The options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::image::ImageArgs;
use super::words::{format_to, kind, rule, selector};
use crate::config::{EngineWord, FailOn, Selector};
use crate::engine::Selinux;
use crate::fix::Severity;
use crate::front::Kind;

/// What stands below the options.
const EXAMPLES: &str = "\
Examples:
  privlint                                check the current folder
  privlint --fix                          apply the safe fixes
  privlint --diff --unsafe-fixes          see what all fixes would change
  privlint --format sarif=privlint.sarif  write a report for code scanning
  privlint explain privileged             read about a rule

Exit codes: 0 nothing at or above --fail-on (default: warning), 1 findings, 2 privlint could not finish.";

/// Says what each container in a repository may do, what of that it does not need, and what to write instead.
#[derive(Debug, Parser)]
#[command(
    name = "privlint",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
#[command(after_help = EXAMPLES)]
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
    /// List every privilege that a comment, the configuration or a baseline lets pass, and why
    Exceptions(ExceptionsArgs),
    /// Say what each refusal in a log means, which launch it is of, and what to write
    Denials(DenialsArgs),
    /// Print the commands that record such logs and traces of a launch
    Trace {
        /// The launch: `podman run …`
        #[arg(last = true, required = true, value_name = "COMMAND")]
        words: Vec<String>,
    },
    /// Show a rule's page
    Explain {
        /// The rule
        #[arg(value_parser = rule(), hide_possible_values = true)]
        rule: String,
    },
    /// List all rules, a line each
    Rules {
        /// How to write the list
        #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Say what an image needs, path by path, and what to write
    Image(ImageArgs),
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
    #[arg(long, value_enum, value_name = "WHICH", help_heading = "Host and engine")]
    pub(crate) selinux: Option<Selinux>,
    /// The engine that runs Compose files and words such as $DOCKER
    #[arg(long, value_enum, value_name = "ENGINE", help_heading = "Host and engine")]
    pub(crate) engine: Option<EngineWord>,
    /// Use this configuration file and no other
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "isolated",
        help_heading = "Host and engine"
    )]
    pub(crate) config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, help_heading = "Host and engine")]
    pub(crate) isolated: bool,
    /// A log or a trace of what really happened; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Exclude what a glob matches, in the syntax of .gitignore
    #[arg(long, value_name = "GLOB", help_heading = "Which files")]
    pub(crate) exclude: Vec<String>,
    /// Exclude them even when they are named
    #[arg(long, help_heading = "Which files")]
    pub(crate) force_exclude: bool,
    /// Read what other projects keep in this one too: vendor, node_modules and their like
    #[arg(long, help_heading = "Which files")]
    pub(crate) no_default_excludes: bool,
    /// Read files that .gitignore leaves out too
    #[arg(long, help_heading = "Which files")]
    pub(crate) no_gitignore: bool,
    /// The path that standard input is taken to have
    #[arg(long, value_name = "PATH", help_heading = "Which files")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Read every file as this kind
    #[arg(long = "as", value_parser = kind(), value_name = "KIND", help_heading = "Which files")]
    pub(crate) kind: Option<Kind>,
    /// Show no progress
    #[arg(long, help_heading = "What is said")]
    pub(crate) no_progress: bool,
    /// Write findings and nothing else
    #[arg(short, long, conflicts_with = "verbose", help_heading = "What is said")]
    pub(crate) quiet: bool,
    /// Say which files are read, and which not
    #[arg(short, long, help_heading = "What is said")]
    pub(crate) verbose: bool,
}

/// A check.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// Apply the safe fixes
    #[arg(long, help_heading = "Fixing")]
    pub(crate) fix: bool,
    /// Apply the unsafe fixes too, with --fix or --diff
    #[arg(long, help_heading = "Fixing")]
    pub(crate) unsafe_fixes: bool,
    /// Apply the safe fixes, and say nothing of the findings that are left
    #[arg(long, conflicts_with_all = ["fix", "diff", "add_ignore", "write_baseline", "baseline", "statistics"], help_heading = "Fixing")]
    pub(crate) fix_only: bool,
    /// List the fixes that are made, or would be made with --diff
    #[arg(long, help_heading = "Fixing")]
    pub(crate) show_fixes: bool,
    /// Write the fixes as a unified diff, and change nothing
    #[arg(long, conflicts_with = "fix", help_heading = "Fixing")]
    pub(crate) diff: bool,
    /// The rules or groups to check
    #[arg(long, value_delimiter = ',', value_name = "RULE,…", value_parser = selector(), hide_possible_values = true, help_heading = "Which rules and findings")]
    pub(crate) select: Option<Vec<Selector>>,
    /// Rules or groups to leave out
    #[arg(long, value_delimiter = ',', value_name = "RULE,…", value_parser = selector(), hide_possible_values = true, help_heading = "Which rules and findings")]
    pub(crate) ignore: Vec<Selector>,
    /// Check the strict group too
    #[arg(long, help_heading = "Which rules and findings")]
    pub(crate) strict: bool,
    /// How to write the findings, and into which file; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = format_to(), help_heading = "What is said")]
    pub(crate) format: Vec<FormatTo>,
    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "What is said")]
    pub(crate) fail_on: Option<FailOn>,
    /// Fail where a launch could only be read in part
    #[arg(long, help_heading = "What is said")]
    pub(crate) fail_on_unseen: bool,
    /// Show nothing that is less grave
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "What is said")]
    pub(crate) min_severity: Option<Severity>,
    /// In which order the findings are shown
    #[arg(
        long,
        value_enum,
        default_value = "gravity",
        value_name = "ORDER",
        help_heading = "What is said"
    )]
    pub(crate) sort: Sort,
    /// Show what ignore comments and the baseline of the configuration leave out too
    #[arg(long, conflicts_with_all = ["baseline", "add_ignore"], help_heading = "Which rules and findings")]
    pub(crate) no_ignores: bool,
    /// Leave out the findings that this file lists
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "write_baseline",
        help_heading = "Which rules and findings"
    )]
    pub(crate) baseline: Option<PathBuf>,
    /// List the present findings in this file, so that only new ones are shown from now on
    #[arg(long, value_name = "FILE", help_heading = "Which rules and findings")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Write an ignore comment with this reason at every finding
    #[arg(long, value_name = "REASON", conflicts_with_all = ["fix", "diff", "write_baseline"], value_parser = ignore_reason, help_heading = "Fixing")]
    pub(crate) add_ignore: Option<String>,
    /// Count the findings of each rule instead of showing them
    #[arg(long, help_heading = "What is said")]
    pub(crate) statistics: bool,
    /// Check again whenever a file changes
    #[arg(long, conflicts_with_all = ["fix", "fix_only", "diff", "add_ignore", "write_baseline", "show_files", "show_settings"], help_heading = "What is said")]
    pub(crate) watch: bool,
    /// List the files that would be read, and check none
    #[arg(long, help_heading = "What is said")]
    pub(crate) show_files: bool,
    /// Show what holds for each file, and check none
    #[arg(long, conflicts_with = "show_files", help_heading = "What is said")]
    pub(crate) show_settings: bool,
}

impl CheckArgs {
    /// True when files are to be changed by fixes.
    pub(crate) fn fixes(&self) -> bool {
        self.fix || self.fix_only
    }
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

/// What logs say of the containers of some files.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DenialsArgs {
    /// A log or a listing: audit records, a journal, a container's log, `podman top`; `-` is standard input
    #[arg(value_name = "LOG")]
    pub(crate) log: PathBuf,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// How to write what was found
    #[arg(long, value_enum, default_value = "full", value_name = "FORMAT")]
    pub(crate) format: DenialsFormat,
}

/// How refusals are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DenialsFormat {
    /// With the lines, the reasons and the fixes
    #[default]
    Full,
    /// JSON, version 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub: annotations of a pull request
    Github,
}

/// A list of what is ignored.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ExceptionsArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// List the findings of this baseline too, as those of the configuration's
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
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

/// A reason is one line, and says something.
fn ignore_reason(reason: &str) -> Result<String, String> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().any(char::is_control) {
        return Err("a reason is a line of words".to_owned());
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_options_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
