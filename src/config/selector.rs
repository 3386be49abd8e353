//! Rules and groups by their names.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};

use crate::output::rulebook;
use crate::rules::Group;

use super::did_you_mean;

/// A rule or a group of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A group.
    Group(Group),
    /// The rules about capabilities that nobody drops, of whatever group.
    CapDrop,
    /// A rule.
    Rule(&'static str),
}

/// The words that name several rules.
pub(super) const GROUPS: [(&str, Selector); 4] = [
    ("default", Selector::Group(Group::Default)),
    ("selinux", Selector::Group(Group::Selinux)),
    ("strict", Selector::Group(Group::Strict)),
    ("cap-drop", Selector::CapDrop),
];

impl Selector {
    /// The rules that it names. The default group has the selinux group in it: its rules act only
    /// where the host is taken for an SELinux host.
    pub fn rules(self) -> Vec<&'static str> {
        match self {
            Selector::Rule(name) => vec![name],
            Selector::CapDrop => vec!["missing-cap-drop", "undropped-capabilities", "unknown-needs"],
            Selector::Group(Group::Default) => rulebook::of_group(Group::Default)
                .chain(rulebook::of_group(Group::Selinux))
                .collect(),
            Selector::Group(group) => rulebook::of_group(group).collect(),
        }
    }
}

impl Selector {
    /// The names of all groups and rules.
    pub fn words() -> Vec<&'static str> {
        let groups = GROUPS.iter().map(|(name, _)| *name);
        groups.chain(rulebook::names()).collect()
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(word: &str) -> Result<Selector, String> {
        if let Some((_, group)) = GROUPS.iter().find(|(name, _)| *name == word) {
            return Ok(*group);
        }
        match rulebook::name(word) {
            Some(name) => Ok(Selector::Rule(name)),
            None => {
                let hint = did_you_mean(word, &Selector::words());
                Err(format!("unknown rule `{word}`{hint}"))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Selector, D::Error> {
        super::word::read(deserializer, Selector::from_str)
    }
}

/// All rules that some selectors name.
pub fn select(selectors: &[Selector]) -> BTreeSet<&'static str> {
    selectors.iter().flat_map(|s| s.rules()).collect()
}
