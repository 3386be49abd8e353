//! A value that the engine refuses, with the reason.

use super::Text;
use crate::source::Span;

/// Who says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refuser {
    /// The client, which then asks the engine for nothing; of a Compose file Compose itself.
    Client,
    /// The engine, or the runtime for it, when the container is created or started.
    Engine,
    /// The engine, on a host with SELinux; on others the value does nothing.
    Labelling,
}

/// What is refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why nothing starts, in lower case without a full stop: `docker has no pid mode `private``.
    pub why: String,
    /// Who says no.
    pub by: Refuser,
    /// The part of the value that is at fault, where that is narrower than the whole.
    pub span: Option<Span>,
    /// What is right instead, in lower case without a full stop.
    pub instead: Option<String>,
    /// The word that was given and those that are taken, for "did you mean".
    pub words: Option<(String, &'static [&'static str])>,
    /// The first version that refuses it, where older ones in use do not: `docker 29`.
    pub since: Option<&'static str>,
}

impl Refused {
    /// A refusal of a whole value.
    pub fn new(by: Refuser, why: impl Into<String>) -> Refused {
        Refused {
            why: bounded(why.into()),
            by,
            span: None,
            instead: None,
            words: None,
            since: None,
        }
    }

    /// The same, with what is right instead.
    pub fn instead(mut self, instead: impl Into<String>) -> Refused {
        self.instead = Some(bounded(instead.into()));
        self
    }

    /// The same, about a part of the value.
    pub fn at(mut self, part: &Text) -> Refused {
        if !part.is_empty() {
            self.span = Some(part.span());
        }
        self
    }

    /// The same, with the words of which one may have been meant.
    pub fn among(mut self, given: &str, words: &'static [&'static str]) -> Refused {
        self.words = Some((bounded(given.to_owned()), words));
        self
    }
}

/// A text of bearable length, on one line: values of files are not bounded.
fn bounded(text: String) -> String {
    const LONGEST: usize = 200;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None if line.len() == text.len() => text,
        None => format!("{line}…"),
    }
}
