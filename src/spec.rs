//! The small grammars that all syntaxes share: words of a command line, `-v`, `--mount`,
//! `--security-opt`, capabilities. Each keeps the bytes of its parts.

mod boolean;
pub mod command;
pub mod csv;
mod holes;
pub mod mount;
pub mod security;

pub use boolean::{boolean, switch};

use crate::container::{FileId, Place, Text, Via};
use crate::source::Span;

/// Whose grammar a value is read by, where the clients differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// docker's client and daemon.
    Docker,
    /// podman, local or remote; also Quadlet, which hands its values to podman.
    Podman,
    /// nerdctl.
    Nerdctl,
    /// Compose, which reads short volumes by a grammar of its own.
    Compose,
}

/// A word of a command line, as the program would get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The value.
    pub text: Text,
    /// Where it is written. `value` and `entry` both cover the whole word, quotes included.
    pub place: Place,
    /// False when only some path through the script gives it.
    pub certain: bool,
    /// True when it may become no word at all or several: an unquoted `$OPTS`, `"$@"`.
    pub splits: bool,
    /// Where the path through the script decides what it is and each path is known: the value on each.
    pub options: Vec<Text>,
}

/// A command line: words, and where the whole stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommandLine {
    /// The words, the program first. Prefixes such as `sudo` are already taken off.
    pub words: Vec<Word>,
    /// The file that `span` counts in.
    pub file: FileId,
    /// The whole command with its prefixes, as written.
    pub span: Span,
    /// How the command came to be run, the nearest step first: a function's call, a heredoc.
    pub via: Vec<Via>,
    /// False when only some path through the script runs it.
    pub certain: bool,
    /// True when a prefix makes it run as root: `sudo`, `doas`, `su -c`.
    pub as_root: bool,
    /// True where the script lets the engine be podman, whatever word it calls.
    pub maybe_podman: bool,
    /// How often the script runs it.
    pub turns: Turns,
    /// True where the script goes on while it runs: `&`.
    pub background: bool,
    /// The folder that the script is in then, as far as it says.
    pub folder: Text,
    /// True where the command itself runs in another one, or on another machine: `sudo -i`, `env -C`.
    pub moved: bool,
}

/// How often a script runs a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turns {
    /// Once.
    #[default]
    Once,
    /// As often as others call the function that it stands in.
    Unknown,
    /// Several times, one after another unless each is left running.
    InTurn,
    /// Several times, without waiting for one to end.
    Together,
}
