//! Lines of a Quadlet that podman's generator reads otherwise than they look.

/// A line that is lost, or does something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The key, as written.
    pub key: String,
    /// What becomes of it.
    pub how: Loss,
}

/// What becomes of a line that is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The section has no such key, and the generator makes no service of the whole file.
    UnknownKey,
    /// The value cannot be split into words, and the generator drops the line without a word.
    Dropped,
    /// A line ends in a backslash, and the next is joined to it without a blank: the word that comes of it.
    Joined(String),
    /// The key takes its value as it is written: the quotes become part of a path.
    Quoted,
    /// The value is no boolean that the generator knows, and counts as false.
    NotBoolean(String),
}

impl Lost {
    /// All of it, in words.
    pub(super) fn shown(&self) -> String {
        format!("{}: {:?}", self.key, self.how)
    }
}
