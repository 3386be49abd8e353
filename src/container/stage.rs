//! What a Dockerfile makes of the image it builds: its users, what starts it, and what its steps
//! leave behind for a process that wants more than it was given.

use super::{Text, Written};

/// What is known of the final stage of a Dockerfile besides what a launch could say too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// The users that were set before the last `USER`, the latest last: what stays when that one goes.
    pub earlier_users: Vec<Written<Text>>,
    /// The stage that sets the user, where it is one that the final stage is built on. Its name, or its image.
    pub user_stage: Option<String>,
    /// Becoming another user when it starts.
    pub hand_off: Option<HandOff>,
    /// Accounts that the stage makes, by name.
    pub accounts: Vec<Written<Text>>,
    /// True when a `RUN` stands after the last `USER` of the final stage.
    pub runs_after_user: bool,
    /// True for an image of Windows, whose users are others.
    pub windows: bool,
    /// True when what starts is the base image's own entrypoint.
    pub starts_as_base: bool,
}

/// How what an image starts becomes another user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOff {
    /// By this program: `gosu`.
    Program(String),
    /// Nobody can say: it starts a script that is not among the files, or another unread thing.
    Unread(String),
}

/// Something in an image by which a process gets more than it was started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it is.
    pub kind: GrantKind,
    /// What it is given to or through, as written: the file, the account, the package.
    pub subject: String,
}

/// The kinds of grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// A file runs as its owner, or with its group. `without` is the mode without the bit, where it
    /// is a number.
    SetuidBit {
        /// The mode without the bit.
        without: Option<String>,
        /// True when only the group's bit is set.
        group_only: bool,
    },
    /// A file carries capabilities, as `setcap` takes them.
    FileCapability(String),
    /// `sudo` is put into the image.
    SudoInstalled,
    /// `sudo` runs a step. `needless` where the step is root's anyway and `sudo` has no option.
    SudoUsed {
        /// True where the step would run as root without it.
        needless: bool,
    },
    /// An account may become root without a password.
    PasswordlessSudo,
    /// An account joins a group that leads to root.
    GroupMembership(String),
    /// Files that every account may write to. `without` is the mode without that right, where it is a
    /// number.
    WorldWritable {
        /// The mode without the right.
        without: Option<String>,
    },
    /// An account whose password is written in the file, or that has none.
    KnownPassword {
        /// True for an account that is asked for none.
        none: bool,
    },
}

impl GrantKind {
    /// The word by which two readings of one grant are compared.
    pub(super) fn word(&self) -> String {
        match self {
            GrantKind::SetuidBit { .. } => "setuid".to_owned(),
            GrantKind::FileCapability(text) => format!("capability {text}"),
            GrantKind::SudoInstalled => "sudo".to_owned(),
            GrantKind::SudoUsed { .. } => "sudo used".to_owned(),
            GrantKind::PasswordlessSudo => "passwordless".to_owned(),
            GrantKind::GroupMembership(group) => format!("group {group}"),
            GrantKind::WorldWritable { .. } => "writable".to_owned(),
            GrantKind::KnownPassword { .. } => "password".to_owned(),
        }
    }
}
