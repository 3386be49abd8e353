//! The words that options take: read, and listed for help and completions.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

use super::args::{Format, FormatTo};
use crate::config::{EngineWord, FailOn, Selector, did_you_mean};
use crate::engine::Selinux;
use crate::fix::Severity;
use crate::front::{FRONTS, Kind};
use crate::output::rulebook;

/// The words for the formats.
const FORMATS: [(&str, Format); 10] = [
    ("full", Format::Full),
    ("concise", Format::Concise),
    ("json", Format::Json),
    ("sarif", Format::Sarif),
    ("github", Format::Github),
    ("gitlab", Format::Gitlab),
    ("junit", Format::Junit),
    ("checkstyle", Format::Checkstyle),
    ("rdjson", Format::Rdjson),
    ("markdown", Format::Markdown),
];

/// The word for a format.
pub(super) fn format_word(format: Format) -> &'static str {
    FORMATS
        .iter()
        .find(|(_, known)| *known == format)
        .map_or("", |(word, _)| word)
}

fn formats() -> Vec<&'static str> {
    FORMATS.iter().map(|(name, _)| *name).collect()
}

/// Reads `FORMAT` or `FORMAT=FILE`.
fn format_and_file(text: &str) -> Result<FormatTo, String> {
    let (word, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file has no name".to_owned()),
        Some((word, file)) => (word, Some(PathBuf::from(file))),
        None => (text, None),
    };
    match FORMATS.iter().find(|(name, _)| *name == word) {
        Some((_, format)) => Ok(FormatTo { format: *format, file }),
        None => Err(format!("unknown format `{word}`{}", did_you_mean(word, &formats()))),
    }
}

/// Reads a word; lists the words there are, for help and completions.
#[derive(Clone)]
pub(super) struct Listed<T> {
    words: fn() -> Vec<&'static str>,
    read: fn(&str) -> Result<T, String>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Listed<T> {
    type Value = T;

    fn parse_ref(&self, command: &clap::Command, arg: Option<&clap::Arg>, value: &OsStr) -> Result<T, clap::Error> {
        let read = self.read;
        let by_word = StringValueParser::new().try_map(move |word: String| read(&word));
        by_word.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.words)().into_iter().map(PossibleValue::new)))
    }
}

/// `--format`.
pub(super) fn format_to() -> Listed<FormatTo> {
    Listed {
        words: formats,
        read: format_and_file,
    }
}

/// A rule or a group.
pub(super) fn selector() -> Listed<Selector> {
    Listed {
        words: Selector::words,
        read: |word| word.parse(),
    }
}

/// A rule whose page is wanted.
pub(super) fn rule() -> Listed<String> {
    Listed {
        words: rulebook::names,
        // an unknown name is answered where its page is looked for
        read: |word| Ok(word.to_owned()),
    }
}

/// Reads one of a few words, which help and completions name.
fn one_of<T: Copy + Send + Sync + 'static>(known: Vec<(&'static str, T)>) -> impl TypedValueParser<Value = T> {
    let words: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(words).try_map(move |word: String| {
        let found = known.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| *value).ok_or("unknown value")
    })
}

/// `--selinux`.
pub(super) fn selinux() -> impl TypedValueParser<Value = Selinux> {
    one_of(vec![
        ("auto", Selinux::Auto),
        ("on", Selinux::On),
        ("off", Selinux::Off),
    ])
}

/// `--engine`.
pub(super) fn engine() -> impl TypedValueParser<Value = EngineWord> {
    one_of(vec![
        ("auto", EngineWord::Auto),
        ("docker", EngineWord::Docker),
        ("podman", EngineWord::Podman),
    ])
}

/// `--fail-on`.
pub(super) fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    one_of(vec![
        ("error", FailOn::Error),
        ("warning", FailOn::Warning),
        ("note", FailOn::Note),
        ("never", FailOn::Never),
    ])
}

/// `--as`.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    one_of(FRONTS.iter().map(|front| (front.word, front.kind)).collect())
}

/// `--min-severity`.
pub(super) fn severity() -> impl TypedValueParser<Value = Severity> {
    one_of(vec![
        ("error", Severity::Error),
        ("warning", Severity::Warning),
        ("note", Severity::Note),
    ])
}
