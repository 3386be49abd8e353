//! Findings, and what would mend them: intents, their safety, and the edits that carry them out.
//!
//! A rule names a [`Change`] of the container; the front that read the container renders it as
//! [`Edit`]s in its own syntax, or says why it will not.

mod compose;
mod edit;

pub use compose::composed;
pub use edit::{Edit, apply, overlap};

use crate::container::{FileId, Key, Place, Relabel};
use crate::source::Span;

/// How grave a finding is. One per rule.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Severity {
    /// Worth knowing
    Note,
    /// Should be mended
    Warning,
    /// Breaks the isolation, or does not run at all
    Error,
}

impl Severity {
    /// The word that stands before the rule's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// May a fix be applied unasked? Ordered: a threshold is one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Shown, never applied: needs a decision, or touches the host's own files.
    Manual,
    /// Takes away something the container might use.
    Unsafe,
    /// Proven not to change what a working container can do.
    Safe,
}

impl Safety {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Safety::Manual => "manual",
            Safety::Unsafe => "unsafe",
            Safety::Safe => "safe",
        }
    }
}

/// What a rule wants changed in the container, in the model's own words.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The setting at this place goes.
    Remove(Place),
    /// The container says one more thing: a list gains an entry, or a key its value. Values are as
    /// in the model: `all` for [`Key::CapDrop`], `host` for a namespace, `true` for a switch.
    Add(Key, String),
    /// The value at this place becomes another.
    Replace(Place, String),
    /// The mount at this place asks for a label, for another, or for none.
    Relabel(Place, Relabel),
    /// The mount at this place becomes read-only.
    ReadOnly(Place),
}

impl Change {
    /// The place that the change touches, if it touches one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Change::Remove(place) | Change::Replace(place, _) | Change::Relabel(place, _) | Change::ReadOnly(place) => {
                Some(place)
            }
            Change::Add(..) => None,
        }
    }
}

/// A way to mend a finding, as one atomic step.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What is done, as the help line says it: `label the mount and drop every capability`.
    pub title: String,
    /// May it be applied unasked?
    pub safety: Safety,
    /// All of it, or nothing.
    pub changes: Vec<Change>,
}

/// Why a fix is not offered, in words for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// A place with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file that the span counts in.
    pub file: FileId,
    /// What is underlined.
    pub span: Span,
    /// What is said of it, in lower case without a full stop; may be empty.
    pub message: String,
}

impl Label {
    /// Words about a value's place.
    pub fn new(place: &Place, message: impl Into<String>) -> Label {
        Label {
            file: place.file,
            span: place.value,
            message: message.into(),
        }
    }
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// What the container can do because of this, in one plain sentence, lower case, no full stop.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// Facts: why, how sure, from which source.
    pub notes: Vec<String>,
    /// What to write or decide, where no edit can say it.
    pub helps: Vec<String>,
    /// Ways to mend it, the best first. Only the first that can be rendered and proven is offered.
    pub fixes: Vec<Fix>,
    /// Why a fix that a reader would expect is not offered.
    pub refused: Option<Refusal>,
    /// The key that is missing, for a finding about something that is not written.
    pub missing: Option<Key>,
}

impl Finding {
    /// A finding at a place.
    pub fn new(rule: &'static str, message: impl Into<String>, primary: Label) -> Finding {
        Finding {
            rule,
            message: message.into(),
            primary,
            related: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            fixes: Vec::new(),
            refused: None,
            missing: None,
        }
    }
}
