//! Containers that a script creates only to copy files out of their image.

use crate::container::Engine;
use crate::spec::CommandLine;

use super::options::{self, Grammar};

/// What a command line does with containers, as far as it tells whether one is ever started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// `create`.
    Creates,
    /// `cp`, `export`.
    Copies,
    /// `start`, `restart`.
    Starts,
}

/// What the command line does with containers; `None` for every other command. `engine` is the one whose
/// grammar the options before the command have.
pub fn use_of(line: &CommandLine, engine: Engine) -> Option<Use> {
    let globals = options::read(&line.words, 1, Grammar::Global(engine));
    let first = super::name(line, &globals)?;
    let verb = match first.1.as_str() {
        "container" => {
            let between = options::read(&line.words, first.0 + 1, Grammar::Global(engine));
            super::name(line, &between)?.1
        }
        _ => first.1,
    };
    match verb.as_str() {
        "create" => Some(Use::Creates),
        "cp" | "export" => Some(Use::Copies),
        "start" | "restart" => Some(Use::Starts),
        _ => None,
    }
}
