//! What each Linux capability lets a container do, and which of them an engine grants unasked.
//!
//! Source: `rules/knowledge/capabilities.yaml`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::container::Engine;

/// The table's path, as notes cite it.
pub const TABLE_PATH: &str = "rules/knowledge/capabilities.yaml";

/// How much a capability gives. Ordered: the greater, the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Stays in the container and its mounts.
    Low,
    /// Real extra reach: spoofing, denial of service, information.
    Medium,
    /// Acts on the whole host, or breaks the isolation together with one common setting.
    High,
    /// Breaks the isolation from the host, or nearly.
    Critical,
}

/// A capability.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// The name in upper case without `CAP_`.
    pub name: String,
    /// The kernel's number.
    pub number: u8,
    /// How much it gives.
    pub tier: Tier,
    /// What it lets a container do, as the rest of a sentence: "load code of its own into the host's kernel".
    pub lets: String,
    /// What else there is to know, as a sentence.
    #[serde(default)]
    pub note: Option<String>,
    /// The engines that grant it when nothing is said.
    #[serde(default)]
    default: Vec<Grants>,
    /// True where it is void in a container with a user namespace of its own, rootless ones included.
    #[serde(default)]
    pub host_users: bool,
    /// System calls that the default filters open to a container that has it.
    #[serde(default)]
    pub seccomp: Opened,
}

/// The engines whose default sets are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Grants {
    Docker,
    Podman,
}

/// System calls that a default filter opens.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// In docker's filter.
    #[serde(default)]
    pub docker: Vec<String>,
    /// In podman's.
    #[serde(default)]
    pub podman: Vec<String>,
}

impl Capability {
    /// True when the engine grants it unasked; for an unknown engine, when every engine does.
    pub fn is_default(&self, engine: Engine) -> bool {
        match engine {
            // nerdctl has containerd's set, which is docker's
            Engine::Docker | Engine::Nerdctl => self.default.contains(&Grants::Docker),
            Engine::Podman => self.default.contains(&Grants::Podman),
            Engine::Unknown => [Grants::Docker, Grants::Podman]
                .iter()
                .all(|g| self.default.contains(g)),
        }
    }
}

static TABLE: LazyLock<Vec<Capability>> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/capabilities.json"))).unwrap_or_default()
});

/// All capabilities, by number.
pub fn all() -> &'static [Capability] {
    &TABLE
}

/// What a word after `--cap-add` or `--cap-drop` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Every capability: `all`, in any case, but not `CAP_ALL`.
    All,
    /// One.
    One(&'static Capability),
}

/// What a word names, as the engines read it: in any case, with or without `CAP_`; `None` for a word
/// that they refuse.
pub fn named(word: &str) -> Option<Named> {
    let upper = word.to_ascii_uppercase();
    if upper == "ALL" {
        return Some(Named::All);
    }
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    TABLE.iter().find(|c| c.name == name).map(Named::One)
}

/// The capability of a name, in any spelling that the engines take.
pub fn find(word: &str) -> Option<&'static Capability> {
    match named(word) {
        Some(Named::One(capability)) => Some(capability),
        _ => None,
    }
}

/// The names that an engine grants when nothing is said; for an unknown engine those that every engine grants.
pub fn defaults(engine: Engine) -> BTreeSet<&'static str> {
    let granted = TABLE.iter().filter(|c| c.is_default(engine));
    granted.map(|c| c.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let read: Result<Vec<Capability>, _> =
            serde_yaml::from_str(include_str!("../../rules/knowledge/capabilities.yaml"));
        assert!(read.is_ok(), "{read:?}");
        assert_eq!(all().len(), 41);
        assert!(all().iter().enumerate().all(|(at, c)| usize::from(c.number) == at));
        assert_eq!(defaults(Engine::Docker).len(), 14);
        assert_eq!(defaults(Engine::Podman).len(), 11);
        assert!(defaults(Engine::Podman).is_subset(&defaults(Engine::Docker)));
        for c in all() {
            let texts = [Some(&c.lets), c.note.as_ref()];
            assert!(texts.into_iter().flatten().all(|t| !t.ends_with('.')), "{}", c.name);
        }
    }

    #[test]
    fn names_are_read_as_the_engines_read_them() {
        assert_eq!(named("all"), Some(Named::All));
        assert_eq!(named("CAP_ALL"), None);
        assert_eq!(named("cap_net_raw"), named("NET_RAW"));
        assert!(find("sys_admin").is_some_and(|c| c.tier == Tier::Critical));
        assert!(find("NOPE").is_none() && find("").is_none());
    }
}
