//! Whether a configuration hides something that would be shown, or fail the run, without it.

use std::collections::BTreeSet;

use crate::engine::Selinux;
use crate::fix::Severity;
use crate::rules::{self, Group};

use super::file::{EngineWord, RuleName};
use super::{File, Ignores, RuleOptions, Selector, select};

impl File {
    /// True when it leaves out a file or a finding, or lets a run pass, where the configuration above it
    /// would not. None of its keys may be forgotten here: whoever adds one decides.
    pub fn leaves_out(&self, above: &File) -> bool {
        let File {
            select: _,
            ignore: _,
            selinux,
            engine,
            exclude,
            fail_on,
            baseline,
            severity: _,
            per_file_ignores,
            rules,
            projects,
            ignores,
            images,
        } = self;
        let engine_of = |word: Option<EngineWord>| word.unwrap_or(EngineWord::Auto);
        let selinux_of = |word: Option<Selinux>| word.unwrap_or(Selinux::Auto);
        let allows = |options: &RuleOptions| !options.allow.is_empty() || !options.allow_images.is_empty();
        let own = selinux_of(*selinux);
        let laxer = own != Selinux::On && own != selinux_of(above.selinux);
        let lowered = |(name, least): (&RuleName, &Severity)| self.severity_of(*name) < Some(*least);
        !self.on().is_superset(&above.on())
            || laxer
            // each engine has findings of its own
            || engine_of(*engine) != engine_of(above.engine)
            || !exclude.is_empty()
            || fail_on.unwrap_or_default().is_laxer_than(above.fail_on.unwrap_or_default())
            || baseline.is_some()
            || above.severity.iter().any(lowered)
            || self.severity.keys().any(|name| self.severity_of(*name) < above.severity_of(*name))
            || !per_file_ignores.is_empty()
            || rules.values().any(allows)
            // what one file of a project removes is not found in another
            || !projects.is_empty()
            // what is said to be needed is not told of
            || images != &above.images && !images.is_empty()
            || ignores.are_laxer_than(above.ignores)
    }

    /// The rules that are on in every file.
    fn on(&self) -> BTreeSet<&'static str> {
        let default = [Selector::Group(Group::Default)];
        let off = select(&self.ignore);
        let mut on = select(self.select.as_deref().unwrap_or(&default));
        on.retain(|rule| !off.contains(rule));
        on
    }

    fn severity_of(&self, name: RuleName) -> Option<Severity> {
        let own = self.severity.get(&name).copied();
        own.or_else(|| rules::find(name.0).map(rules::Rule::severity))
    }
}

impl Ignores {
    fn are_laxer_than(self, above: Ignores) -> bool {
        let Ignores {
            require_reason,
            max_age_days,
        } = self;
        let longer = above
            .max_age_days
            .is_some_and(|most| max_age_days.is_none_or(|days| days > most));
        (above.require_reason && !require_reason) || longer
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hides(own: &str, above: &str) -> bool {
        let file = |text: &str| File::parse(text, "c").unwrap();
        file(own).leaves_out(&file(above))
    }

    #[test]
    fn every_key_that_hides_something_is_seen() {
        for own in [
            "select: [strict]",
            "ignore: [privileged]",
            "selinux: off",
            "engine: docker",
            "engine: podman",
            "exclude: [a]",
            "fail-on: error",
            "fail-on: never",
            "baseline: b.json",
            "severity: {privileged: note}",
            "per-file-ignores: {a: [privileged]}",
            "rules: {strong-capability: {allow: [KILL]}}",
            "projects: [[a, b]]",
            "images: [{name: a, images: [a.b/c], trust: source, starts-as: root, as-user: 'yes', sources: [x]}]",
        ] {
            assert!(hides(own, ""), "{own}");
        }
        for own in [
            "",
            "select: [default, strict]",
            "selinux: on",
            "engine: auto",
            "fail-on: note",
            "severity: {net-raw: error}",
            "ignores: {require-reason: true}",
        ] {
            assert!(!hides(own, ""), "{own}");
        }
    }

    #[test]
    fn what_the_one_above_asks_for_is_hidden_by_not_asking() {
        for above in [
            "select: [default, strict]",
            "selinux: on",
            "engine: podman",
            "fail-on: note",
            "severity: {net-raw: error}",
            "ignores: {require-reason: true}",
            "ignores: {max-age-days: 90}",
        ] {
            assert!(hides("ignore: []", above), "{above}");
            assert!(!hides(above, above), "{above}");
        }
        assert!(!hides("selinux: on", "selinux: off"));
    }
}
