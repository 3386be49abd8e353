//! Where a value is written, and by which way it came.

use crate::source::Span;

/// Where a value stands: in which file, and in which bytes of it.
pub type At = (FileId, Span);

/// A file among those that one reading drew on: 0 is the file that is read, others are files it
/// names (`extends`, `source`, an override beside it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

/// Where a value is written. Its file and `value` span are the identity of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file that both spans count in.
    pub file: FileId,
    /// What is underlined.
    pub value: Span,
    /// What removal removes: the flag with its value, the list item, the key with its value.
    pub entry: Span,
    /// The way the value came, nearest to the container first. Empty for a value written in place.
    pub via: Vec<Via>,
}

impl Place {
    /// A value written in place in the file that is read.
    pub fn new(value: Span, entry: Span) -> Place {
        Place {
            file: FileId(0),
            value,
            entry,
            via: Vec::new(),
        }
    }

    /// True when both name the same written value.
    pub fn same(&self, other: &Place) -> bool {
        self.at() == other.at()
    }

    /// Where the value stands, as what it is looked up by.
    pub fn at(&self) -> At {
        (self.file, self.value)
    }
}

/// One step of the way a value came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// What kind of step.
    pub kind: ViaKind,
    /// Its name, as written: the anchor, the variable, the file.
    pub name: String,
    /// Where the step is taken: the alias, the use of the variable, the `extends`.
    pub span: Span,
    /// The file that `span` counts in.
    pub file: FileId,
}

/// The kinds of steps a value can take from where it is written to where it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViaKind {
    /// A YAML alias.
    Alias,
    /// A YAML merge key.
    MergeKey,
    /// Compose `extends`.
    Extends,
    /// Compose `include`.
    Include,
    /// A later file of the same Compose project.
    Override,
    /// Another service that is named: `volumes_from`, `pid: service:NAME`.
    Service,
    /// A variable of a script, an `.env` file or a Compose interpolation.
    Variable,
    /// An array of a script.
    Array,
    /// A function of a script.
    Function,
    /// A loop that runs the command for each of several values.
    Loop,
    /// A sourced file.
    Sourced,
    /// A document inside the document: a heredoc, `sh -c '…'`, a `RUN`.
    Embedded,
}

/// A value, where it is written, and whether every path through the text sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub place: Place,
    /// False when only some path through the script sets it.
    pub certain: bool,
}

impl<T> Written<T> {
    /// A value that every path sets.
    pub fn new(value: T, place: Place) -> Written<T> {
        Written {
            value,
            place,
            certain: true,
        }
    }
}
