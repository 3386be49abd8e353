//! The options of `privlint image`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::config::EngineWord;

/// What stands below the options.
const EXAMPLES: &str = "\
Examples:
  privlint image                                   list what is known
  privlint image postgres:17                       what it may need, however it is launched
  privlint image postgres:17 --mount ./db:/var/lib/postgresql/data
                                                   what it needs in this launch
  privlint image python:3 -- python app.py         what it needs for this command
  privlint image postgres --trial > trial.sh       a script that tries all of it with docker or podman";

/// A question about an image.
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImageArgs {
    /// The image as in `docker run`, or the name of an entry; without it, all that are known
    #[arg(value_name = "NAME[:TAG]")]
    pub(crate) name: Option<String>,
    /// A mount, as behind `-v` or `--mount`; may be given several times
    #[arg(long, value_name = "MOUNT", help_heading = "The launch")]
    pub(crate) mount: Vec<String>,
    /// The user it is started as
    #[arg(long, value_name = "USER", help_heading = "The launch")]
    pub(crate) user: Option<String>,
    /// A variable of its environment; may be given several times
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "The launch")]
    pub(crate) env: Vec<String>,
    /// A port, as behind `-p`; may be given several times
    #[arg(long, value_name = "PORT", help_heading = "The launch")]
    pub(crate) publish: Vec<String>,
    /// The engine that runs it
    #[arg(long, value_enum, value_name = "ENGINE", help_heading = "The launch")]
    pub(crate) engine: Option<EngineWord>,
    /// podman runs as root; without it, podman is taken to be rootless
    #[arg(long, help_heading = "The launch")]
    pub(crate) rootful: bool,
    /// The command that it runs
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// List only what has this word in its name or its images
    #[arg(long, value_name = "WORD", conflicts_with = "name", help_heading = "What is said")]
    pub(crate) filter: Option<String>,
    /// How to write it
    #[arg(
        long,
        value_enum,
        default_value = "text",
        value_name = "FORMAT",
        help_heading = "What is said"
    )]
    pub(crate) format: ImageFormat,
    /// Write a script that runs the image with just this, and once more without each capability
    #[arg(long, requires = "name", conflicts_with = "format", help_heading = "What is said")]
    pub(crate) trial: bool,
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
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImageFormat {
    /// For readers
    #[default]
    Text,
    /// For programs, version 1
    Json,
    /// For documents
    Markdown,
}

impl ImageArgs {
    /// True where something is said of the launch.
    pub(super) fn launches(&self) -> bool {
        !self.mount.is_empty()
            || self.user.is_some()
            || !self.env.is_empty()
            || !self.publish.is_empty()
            || !self.command.is_empty()
    }
}
