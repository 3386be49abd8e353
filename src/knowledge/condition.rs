//! The paths through an image's start-up on which it uses a capability.

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
            _ => return Err(format!("`{text}` is no condition")),
        })
    }
}
