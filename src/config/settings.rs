//! The settings for one file: the configuration, with what the command line says over it.

use std::path::Path;

use clap::ValueEnum;

use crate::engine::{Selinux, Settings};
use crate::fix::Severity;
use crate::output::rulebook;

use super::{Config, EngineWord, Selector, select};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `--select`: in the place of the configuration's.
    pub select: Option<Vec<Selector>>,
    /// `--ignore`: beside the configuration's.
    pub ignore: Vec<Selector>,
    /// `--strict`.
    pub strict: bool,
    /// `--no-ignores`.
    pub no_ignores: bool,
    /// `--selinux`.
    pub selinux: Option<Selinux>,
    /// `--engine`.
    pub engine: Option<EngineWord>,
}

/// The rule that `ignores: {require-reason: true}` asks for.
const REASON: &str = "ignore-without-reason";

/// The settings for one file. `today` is the date as `2026-11-25`.
pub fn settings(config: &Config, asked: &Asked, path: &Path, today: &str) -> Settings {
    use crate::rules::Group;
    let default = [Selector::Group(Group::Default)];
    let chosen = asked.select.as_deref().or(config.file.select.as_deref());
    let mut rules = select(chosen.unwrap_or(&default));
    if asked.strict {
        rules.extend(Selector::Group(Group::Strict).rules());
    }
    let mut severity: std::collections::BTreeMap<&'static str, _> =
        config.file.severity.iter().map(|(name, s)| (name.0, *s)).collect();
    if config.file.ignores.require_reason {
        // what is required fails the run, unless the file says otherwise
        rules.insert(REASON);
        severity.entry(REASON).or_insert(Severity::Error);
    }
    let off = config.file.ignore.iter().chain(&asked.ignore).copied();
    for selector in off.chain(config.ignored_in(path)) {
        for rule in selector.rules() {
            rules.remove(rule);
        }
    }
    let file_name = || match &config.path {
        Some(path) => crate::source::shown_path(path),
        None => String::new(),
    };
    let named = chosen.into_iter().flatten().filter_map(|selector| match selector {
        Selector::Rule(name) => Some(*name),
        _ => None,
    });
    let told = |name: &&'static str| asked.strict || rulebook::speaks_of_examples(name);
    let rules_of_examples = rules.iter().copied().filter(told).chain(named).collect();
    let (selinux, selinux_from) = match (asked.selinux, config.file.selinux) {
        (Some(selinux), _) => (selinux, format!("--selinux={}", word(selinux))),
        (None, Some(selinux)) => (selinux, file_name()),
        (None, None) => (Selinux::Auto, String::new()),
    };
    let engine = asked.engine.or(config.file.engine).unwrap_or(EngineWord::Auto);
    let rules_with = || config.file.rules.iter();
    Settings {
        selinux,
        selinux_from,
        engine: engine.engine(),
        knowledge: config.knowledge,
        rules,
        rules_of_examples,
        is_test: false,
        severity,
        allow_images: rules_with().map(|(name, o)| (name.0, o.allow_images.clone())).collect(),
        allow: rules_with().map(|(name, o)| (name.0, o.allow.clone())).collect(),
        projects: config.projects_of(path),
        require_reason: config.file.ignores.require_reason,
        traced: Vec::new(),
        no_ignores: asked.no_ignores,
        today: today.to_owned(),
    }
}

fn word(selinux: Selinux) -> String {
    let value = selinux.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_stands_over_the_configuration() {
        let mut config = Config::none();
        config.path = Some("a/.privlint.yaml".into());
        config.file = super::super::File::parse("selinux: on\nignore: [privileged]\n", "c").unwrap();
        let path = Path::new("a/run.sh");
        let made = settings(&config, &Asked::default(), path, "2026-11-25");
        assert_eq!(
            (made.selinux, made.selinux_from.as_str()),
            (Selinux::On, "a/.privlint.yaml")
        );
        assert!(!made.rules.contains("privileged") && made.rules.contains("syntax-error"));
        let asked = Asked {
            selinux: Some(Selinux::Off),
            ignore: vec![Selector::Rule("syntax-error")],
            ..Asked::default()
        };
        let made = settings(&config, &asked, path, "2026-11-25");
        assert_eq!(
            (made.selinux, made.selinux_from.as_str()),
            (Selinux::Off, "--selinux=off")
        );
        assert!(!made.rules.contains("syntax-error") && !made.rules.contains("privileged"));
    }
}
