//! The paths through an image's start-up on which it uses a capability.

use std::fmt;

use serde::Deserialize;

/// A path on which a capability is used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Condition {
    /// Every start.
    Always,
    /// Root enters, reads or writes what may belong to somebody else.
    OthersFiles,
    /// It listens below 1024, where the engine does not allow that to everybody.
    LowPort,
    /// The variable is set, and to this value if one is given.
    Env(String, Option<String>),
    /// The port is published.
    Port(u16),
    /// A device fits the glob.
    Device(String),
    /// The command begins with the word.
    Command(String),
    /// The tag fits the glob.
    Tag(String),
    /// A word of the command.
    Word(String),
    /// Something is mounted at the path, above it or below: what stands there is not the image's.
    Mount(String),
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(text: String) -> Result<Condition, String> {
        Ok(match (text.as_str(), text.split_once(':')) {
            ("always", _) => Condition::Always,
            ("others-files", _) => Condition::OthersFiles,
            ("low-port", _) => Condition::LowPort,
            (_, Some(("env", entry))) => match entry.split_once('=') {
                Some((name, value)) => Condition::Env(name.to_owned(), Some(value.to_owned())),
                None => Condition::Env(entry.to_owned(), None),
            },
            (_, Some(("port", port))) => Condition::Port(port.parse().map_err(|_| format!("`{port}` is not a port"))?),
            (_, Some(("device", glob))) => Condition::Device(glob.to_owned()),
            (_, Some(("command", word))) => Condition::Command(word.to_owned()),
            (_, Some(("word", word))) => Condition::Word(word.to_owned()),
            (_, Some(("mount", path))) => Condition::Mount(path.to_owned()),
            (_, Some(("tag", glob))) => Condition::Tag(glob.to_owned()),
            _ => {
                let words = "always, others-files, low-port, env:NAME, port:N, device:GLOB, command:WORD, word:WORD, \
                             mount:PATH and tag:GLOB";
                return Err(format!("`{text}` is no path; there are {words}"));
            }
        })
    }
}

/// As the tables write it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Always => f.write_str("always"),
            Condition::OthersFiles => f.write_str("others-files"),
            Condition::LowPort => f.write_str("low-port"),
            Condition::Env(name, None) => write!(f, "env:{name}"),
            Condition::Env(name, Some(value)) => write!(f, "env:{name}={value}"),
            Condition::Port(port) => write!(f, "port:{port}"),
            Condition::Device(glob) => write!(f, "device:{glob}"),
            Condition::Command(word) => write!(f, "command:{word}"),
            Condition::Tag(glob) => write!(f, "tag:{glob}"),
            Condition::Word(word) => write!(f, "word:{word}"),
            Condition::Mount(path) => write!(f, "mount:{path}"),
        }
    }
}

impl Condition {
    /// As a reader would say it.
    pub fn in_words(&self) -> String {
        match self {
            Condition::Always => "on every start".to_owned(),
            Condition::OthersFiles => "where root meets files of somebody else".to_owned(),
            Condition::LowPort => "where it listens below 1024".to_owned(),
            Condition::Env(name, None) => format!("where {name} is set"),
            Condition::Env(name, Some(value)) => format!("where {name} is {value}"),
            Condition::Port(port) => format!("where port {port} is published"),
            Condition::Device(glob) => format!("where a device {glob} is passed"),
            Condition::Command(word) => format!("where the command is {word}"),
            Condition::Tag(glob) => format!("in tags {glob}"),
            Condition::Word(word) => format!("where the command says {word}"),
            Condition::Mount(path) => format!("where something is mounted at {path}"),
        }
    }
}
