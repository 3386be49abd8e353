//! What output says about rules: their pages, read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::fix::Severity;
use crate::rules::page::{Examples, Page};
use crate::rules::{Group, RULES};

/// The pages of all rules, by name. A page that cannot be read is left out; a test holds that there is none.
pub fn pages() -> &'static BTreeMap<&'static str, &'static Page> {
    static PAGES: OnceLock<BTreeMap<&'static str, &'static Page>> = OnceLock::new();
    let read = || {
        RULES
            .iter()
            .filter_map(|rule| Some((rule.name, rule.read_page()?)))
            .collect()
    };
    PAGES.get_or_init(read)
}

/// The names of all rules, in order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names
}

/// The rule's name as the crate holds it, for a name that a user wrote.
pub fn name(written: &str) -> Option<&'static str> {
    RULES.iter().map(|rule| rule.name).find(|name| *name == written)
}

/// The names of the rules of a group.
pub fn of_group(group: Group) -> impl Iterator<Item = &'static str> {
    RULES
        .iter()
        .filter(move |rule| rule.group() == group)
        .map(|rule| rule.name)
}

/// True for a rule that speaks of documentation and tests by default.
pub fn speaks_of_examples(rule: &str) -> bool {
    let page = pages().get(rule);
    page.is_none_or(|page| page.front.examples == Examples::Told)
}

/// Where the rule's page stands for a reader.
pub fn url(rule: &str) -> String {
    format!("{}/blob/main/docs/rules/{rule}.md", env!("CARGO_PKG_REPOSITORY"))
}

/// The word for a group.
pub fn group_word(group: Group) -> &'static str {
    match group {
        Group::Default => "default",
        Group::Selinux => "selinux",
        Group::Strict => "strict",
    }
}

/// The plural form of a count: `1 error`, `2 errors`.
pub fn count(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// The severities, the gravest first.
pub const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_and_an_address() {
        assert_eq!(names(), pages().keys().copied().collect::<Vec<_>>());
        assert!(url("privileged").ends_with("/docs/rules/privileged.md"));
    }
}
