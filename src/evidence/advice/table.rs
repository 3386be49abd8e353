//! The table under `rules/knowledge/denials.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::record::{Context, Denial};
use super::RemedyKind;
use crate::knowledge::glob;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) targets: Vec<Target>,
    pub(super) capabilities: Vec<OfCapability>,
    pub(super) calls: Vec<Calls>,
    pub(super) apparmor: Vec<OfOperation>,
    pub(super) booleans: Vec<Boolean>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Target {
    pub(super) types: Vec<String>,
    pub(super) classes: Vec<String>,
    #[serde(default)]
    pub(super) deeds: Option<String>,
    #[serde(default)]
    pub(super) permissions: Vec<String>,
    #[serde(default)]
    pub(super) other_categories: bool,
    pub(super) means: String,
    pub(super) remedies: Vec<Written>,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) kind: RemedyKind,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) shared: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfCapability {
    pub(super) names: Vec<String>,
    pub(super) remedies: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Calls {
    pub(super) names: BTreeMap<String, [u32; 2]>,
    #[serde(default)]
    pub(super) opens: Option<String>,
    #[serde(default)]
    pub(super) refused: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfOperation {
    pub(super) operations: Vec<String>,
    #[serde(default)]
    pub(super) paths: Vec<String>,
    pub(super) means: String,
    pub(super) remedies: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Boolean {
    pub(super) name: String,
    pub(super) default: String,
    pub(super) opens: String,
}

/// The table; empty if it could not be read, which a test rules out.
pub(super) static TABLE: LazyLock<Option<Table>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("../../../rules/knowledge/denials.yaml")).ok());

/// What a boolean opens, and how it stands by default.
pub(crate) fn boolean(name: &str) -> Option<(&'static str, &'static str)> {
    let row = TABLE.as_ref()?.booleans.iter().find(|b| b.name == name)?;
    Some((&row.opens, &row.default))
}

/// The name of a system call by its number.
pub(in crate::evidence) fn syscall_name(arch: &str, number: &str) -> Option<String> {
    let column = match arch {
        "c000003e" | "x86_64" | "" => 0,
        "c00000b7" | "aarch64" => 1,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    let mut calls = TABLE.as_ref()?.calls.iter().flat_map(|row| &row.names);
    calls
        .find(|(_, numbers)| numbers.get(column) == Some(&number))
        .map(|(name, _)| name.clone())
}

/// The capability that opens a system call in the default filters.
pub(in crate::evidence) fn opens(call: &str) -> Option<&'static str> {
    let rows = &TABLE.as_ref()?.calls;
    rows.iter().find(|row| row.names.contains_key(call))?.opens.as_deref()
}

impl Target {
    pub(super) fn fits(&self, denial: &Denial, target: &str, class: &str) -> bool {
        let one_of = |list: &[String], word: &str| list.iter().any(|pattern| glob::fits(pattern, word));
        let deeds = match self.deeds.as_deref() {
            Some("write") => denial.wants_to_write(),
            Some(_) => !denial.wants_to_write(),
            None => true,
        };
        let permissions =
            self.permissions.is_empty() || denial.permissions.iter().any(|p| self.permissions.contains(p));
        let categories = |context: &Option<Context>| context.as_ref().map(|c| c.categories.clone()).unwrap_or_default();
        let (own, other) = (categories(&denial.source), categories(&denial.target));
        let others = !self.other_categories || (!other.is_empty() && own != other);
        one_of(&self.types, target) && one_of(&self.classes, class) && deeds && permissions && others
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::knowledge::capabilities;

    #[test]
    fn the_table_is_read_and_its_names_are_right() {
        let table: Table = serde_yaml::from_str(include_str!("../../../rules/knowledge/denials.yaml")).unwrap();
        assert!(table.targets.len() > 40 && table.booleans.len() > 20);
        for row in &table.targets {
            assert!(!row.source.is_empty() && !row.means.is_empty());
            for remedy in &row.remedies {
                let bare = matches!(remedy.kind, RemedyKind::Relabel | RemedyKind::LabelDisable);
                assert!(bare || remedy.text.is_some(), "{}", row.means);
            }
        }
        for name in table.calls.iter().filter_map(|row| row.opens.as_ref()) {
            assert!(capabilities::find(name).is_some(), "{name}");
        }
        assert!(
            table
                .booleans
                .iter()
                .all(|b| matches!(b.default.as_str(), "on" | "off"))
        );
    }

    #[test]
    fn calls_are_named_by_their_architecture() {
        assert_eq!(syscall_name("c000003e", "272").as_deref(), Some("unshare"));
        assert_eq!(syscall_name("c00000b7", "97").as_deref(), Some("unshare"));
        assert_eq!(syscall_name("40000003", "272"), None);
    }
}
