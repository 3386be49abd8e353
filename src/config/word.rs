//! Words that are looked up while YAML is read, so that the error stands at the word itself.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

struct Lookup<T>(fn(&str) -> Result<T, String>);

impl<T> Visitor<'_> for Lookup<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        (self.0)(word).map_err(E::custom)
    }
}

/// Reads a string and looks it up.
pub(crate) fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    lookup: fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Lookup(lookup))
}
