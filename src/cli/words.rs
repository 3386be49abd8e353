//! The words that options take: read, and listed for help and completions.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

use super::args::{Format, FormatTo};
use crate::config::{Selector, did_you_mean};
use crate::front::{FRONTS, Kind};
use crate::output::rulebook;

/// The word for a format.
pub(super) fn format_word(format: Format) -> String {
    let value = format.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

fn formats() -> Vec<PossibleValue> {
    let known = Format::value_variants().iter();
    known.filter_map(ValueEnum::to_possible_value).collect()
}

/// Reads `FORMAT` or `FORMAT=FILE`.
fn format_and_file(text: &str) -> Result<FormatTo, String> {
    let (word, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file has no name".to_owned()),
        // the format alone goes to standard output
        Some((word, "-")) => (word, None),
        Some((word, file)) => (word, Some(PathBuf::from(file))),
        None => (text, None),
    };
    match Format::from_str(word, false) {
        Ok(format) => Ok(FormatTo { format, file }),
        Err(_) => {
            let known = formats();
            let known: Vec<&str> = known.iter().map(PossibleValue::get_name).collect();
            Err(format!("unknown format `{word}`{}", did_you_mean(word, &known)))
        }
    }
}

/// Reads a word; lists the words there are, for help and completions.
#[derive(Clone)]
pub(super) struct Listed<T> {
    words: fn() -> Vec<PossibleValue>,
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
        Some(Box::new((self.words)().into_iter()))
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
        words: || named(Selector::words()),
        read: |word| word.parse(),
    }
}

/// A rule whose page is wanted.
pub(super) fn rule() -> Listed<String> {
    Listed {
        words: || named(rulebook::names()),
        // an unknown name is answered where its page is looked for
        read: |word| Ok(word.to_owned()),
    }
}

fn named(words: Vec<&'static str>) -> Vec<PossibleValue> {
    words.into_iter().map(PossibleValue::new).collect()
}

/// `--as`: a kind of files by the word of its front.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    let words: Vec<&str> = FRONTS.iter().map(|front| front.word).collect();
    PossibleValuesParser::new(words).try_map(|word: String| {
        let found = FRONTS.iter().find(|front| front.word == word);
        found.map(|front| front.kind).ok_or("unknown kind")
    })
}
