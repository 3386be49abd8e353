//! The keys of `.privlint.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::container::Engine;
use crate::engine::Selinux;
use crate::fix::Severity;
use crate::knowledge::images::Entry;
use crate::knowledge::{capabilities, glob};
use crate::output::rulebook;
use crate::rules::allowed;

use super::{Mistake, Selector};

/// The configuration of privlint, .privlint.yaml.
// A key that is not written is `None` or empty. What is said of a key here stands in the schema and in the documents.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "privlint")]
pub struct File {
    /// The rules and groups that are checked; without it, the default group.
    #[schemars(with = "BTreeSet<Selector>")]
    pub select: Option<Vec<Selector>>,
    /// Rules and groups that are not checked.
    #[schemars(with = "BTreeSet<Selector>")]
    pub ignore: Vec<Selector>,
    /// Are the hosts that run these containers SELinux hosts?
    #[schemars(with = "Selinux")]
    pub selinux: Option<Selinux>,
    /// The engine that runs Compose files and words such as $DOCKER.
    #[schemars(with = "EngineWord")]
    pub engine: Option<EngineWord>,
    /// Files that are left out, in the syntax of .gitignore, relative to this file.
    pub exclude: Vec<String>,
    /// The least severity that makes the exit code 1.
    #[schemars(with = "FailOn")]
    pub fail_on: Option<FailOn>,
    /// The file that lists known findings, relative to this file.
    #[schemars(with = "String")]
    pub baseline: Option<String>,
    /// Other severities for rules.
    #[schemars(schema_with = "by_rule::<Severity>")]
    pub severity: BTreeMap<RuleName, Severity>,
    /// Rules and groups that are off in the files that a glob covers.
    pub per_file_ignores: BTreeMap<String, Vec<Selector>>,
    /// Options of single rules.
    #[schemars(schema_with = "by_rule::<RuleOptions>")]
    pub rules: BTreeMap<RuleName, RuleOptions>,
    /// Compose files that are laid over each other, as with `docker compose -f a -f b`, relative to this file.
    #[schemars(inner(length(min = 2)))]
    pub projects: Vec<Vec<String>>,
    /// What ignore comments have to say.
    pub ignores: Ignores,
    /// What the project knows of images itself, in the shape of privlint's own tables.
    #[schemars(schema_with = "super::schema::images")]
    pub images: Vec<Entry>,
}

/// The schema of a mapping from the names of rules.
fn by_rule<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {"enum": rulebook::names()},
        "additionalProperties": generator.subschema_for::<T>(),
    })
}

/// An engine, or the wish to tell it from the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum EngineWord {
    /// Told from the files
    Auto,
    /// Docker
    Docker,
    /// Podman
    Podman,
}

impl EngineWord {
    /// The engine; unknown for `auto`.
    pub fn engine(self) -> Engine {
        match self {
            EngineWord::Auto => Engine::Unknown,
            EngineWord::Docker => Engine::Docker,
            EngineWord::Podman => Engine::Podman,
        }
    }
}

/// The least severity that makes the run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum FailOn {
    /// Only errors
    Error,
    /// Errors and warnings
    #[default]
    Warning,
    /// Everything
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    /// True when less makes the run fail.
    pub(super) fn is_laxer_than(self, other: FailOn) -> bool {
        let severities = [Severity::Note, Severity::Warning, Severity::Error];
        severities.into_iter().any(|s| other.fails(s) && !self.fails(s))
    }

    /// True when a finding of this severity makes the run fail.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Note => true,
            FailOn::Never => false,
        }
    }
}

/// Options of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(inline)]
pub struct RuleOptions {
    /// Images that the rule passes over, as globs over full names.
    pub allow_images: Vec<String>,
    /// Values that the rule passes over: capabilities, host paths of mounts, devices, namespaces such as `host`.
    pub allow: Vec<String>,
}

/// What ignore comments have to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(inline)]
pub struct Ignores {
    /// True when each must give a reason.
    pub require_reason: bool,
    /// The number of days that until= may lie ahead; a comment without it does not count then.
    #[schemars(with = "u32")]
    pub max_age_days: Option<u32>,
}

/// A rule's name, known to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName(pub &'static str);

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<RuleName, D::Error> {
        super::word::read(deserializer, |word| match rulebook::name(word) {
            Some(name) => Ok(RuleName(name)),
            None => {
                let hint = super::did_you_mean(word, &rulebook::names());
                Err(format!("unknown rule `{word}`{hint}"))
            }
        })
    }
}

impl File {
    /// Reads a configuration. `shown` is the file's name for the error.
    ///
    /// # Errors
    /// YAML that does not parse, an unknown key, rule or value, at its line.
    pub fn parse(text: &str, shown: &str) -> Result<File, Mistake> {
        let text = text.strip_prefix(crate::source::BOM).unwrap_or(text);
        // a file of comments alone says nothing
        if text
            .lines()
            .all(|l| matches!(l.trim(), "" | "---" | "...") || l.trim_start().starts_with('#'))
        {
            return Ok(File::default());
        }
        if let Some(at) = too_deep(text) {
            return Err(Mistake {
                file: shown.to_owned(),
                at: Some(at),
                message: format!("more than {DEPTH} brackets are open here, and no key of a configuration needs that"),
            });
        }
        let mistaken = |error: serde_yaml::Error| {
            let mistake = Mistake::from_yaml(shown.to_owned(), &error);
            let at = mistake.at.map(|at| as_counted_here(text, at));
            Mistake { at, ..mistake }
        };
        // what is no YAML is not told as a key that is unknown
        serde_yaml::from_str::<serde_yaml::Value>(text).map_err(|error| {
            let mistake = mistaken(error);
            let message = match mistake.message.contains("single document") {
                true => mistake.message.clone(),
                false => format!("not valid YAML: {}", mistake.message),
            };
            Mistake { message, ..mistake }
        })?;
        let file: File = serde_yaml::from_str(text).map_err(mistaken)?;
        match file.wrong_value() {
            Some((word, message)) => Err(Mistake {
                file: shown.to_owned(),
                at: place_of(text, &word),
                message,
            }),
            None => Ok(file),
        }
    }

    /// A value that its type takes and its key does not, with what is wrong about it.
    fn wrong_value(&self) -> Option<(String, String)> {
        for (name, options) in self.rules.iter().filter(|(_, o)| !o.allow.is_empty()) {
            let Some(values) = allowed::values(name.0) else {
                let message = format!("`{}` is about no value that `allow` could name", name.0);
                return Some((name.0.to_owned(), message));
            };
            let wrong = |word: &String| Some((word.clone(), allowed::wrong(values, word)?));
            if let Some(found) = options.allow.iter().find_map(wrong) {
                return Some(found);
            }
        }
        let globs = self.rules.values().flat_map(|o| o.allow_images.iter().chain(&o.allow));
        for word in globs {
            if let Some(why) = glob::wrong(word) {
                return Some((word.clone(), format!("`{word}` is not a valid glob: {why}")));
            }
        }
        let paths = self.exclude.iter().chain(self.per_file_ignores.keys());
        for word in paths {
            if let Some(why) = glob::wrong(word.trim_start_matches('!')) {
                return Some((word.clone(), format!("`{word}` is not a valid glob: {why}")));
            }
        }
        if let Some(short) = self.projects.iter().find(|files| files.len() < 2) {
            let word = short.first().map_or("projects", String::as_str);
            return Some((word.to_owned(), "a project is a list of at least two files".to_owned()));
        }
        self.wrong_image()
    }

    /// The first thing that is wrong about what the project knows of images.
    fn wrong_image(&self) -> Option<(String, String)> {
        for (i, entry) in self.images.iter().enumerate() {
            if self.images.iter().take(i).any(|other| other.name == entry.name) {
                let message = format!("images[{i}]: `{}` stands there twice", entry.name);
                return Some((entry.name.clone(), message));
            }
            if let Some(wrong) = entry.wrong() {
                let hint = if wrong.is_capability {
                    meant_capability(&wrong.word)
                } else {
                    String::new()
                };
                return Some((wrong.word, format!("images[{i}]: {}{hint}", wrong.what)));
            }
        }
        None
    }
}

/// What a word that names no capability was likely meant to be.
fn meant_capability(word: &str) -> String {
    let words: Vec<String> = capabilities::all()
        .iter()
        .map(|c| c.name.to_lowercase().replace('_', "-"))
        .collect();
    let word = word.trim_start_matches("CAP_");
    match crate::rules::closest(word, words.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{}`?", near.to_uppercase().replace('-', "_")),
        None => String::new(),
    }
}

/// Brackets that may be open at one place: for each of them the parser looks at every one around it.
const DEPTH: usize = 64;

/// Where more brackets are open than a configuration needs, as line and column.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    for (number, line) in text.lines().enumerate() {
        let before = line.split_once(" #").map_or(line, |(before, _)| before);
        for (at, byte) in before.bytes().enumerate().filter(|_| !line.starts_with('#')) {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEPTH {
                let column = before.get(..at).map_or(at, |before| before.chars().count());
                return Some((number + 1, column + 1));
            }
        }
    }
    None
}

/// A place as editors count it. The parser ends lines at U+0085, U+2028 and U+2029 too, as YAML 1.1 does.
fn as_counted_here(text: &str, (line, column): (usize, usize)) -> (usize, usize) {
    let (mut left, mut ours, mut since) = (line.saturating_sub(1), 1, 0);
    let mut chars = text.chars().peekable();
    while left > 0
        && let Some(c) = chars.next()
    {
        since += 1;
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => (left, ours, since) = (left - 1, ours + 1, 0),
            '\u{85}' | '\u{2028}' | '\u{2029}' => left -= 1,
            _ => {}
        }
    }
    (ours, since + column)
}

/// Line and column of a word's first appearance outside of comments.
fn place_of(text: &str, word: &str) -> Option<(usize, usize)> {
    let places = text.lines().enumerate().filter_map(|(i, line)| {
        let (before, _) = line.split_once(word)?;
        (!before.contains('#')).then(|| (i + 1, before.chars().count() + 1))
    });
    places.into_iter().next()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        File::parse(text, "c.yaml").unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_stands_in_the_line_that_an_editor_counts() {
        for (text, line) in [
            ("?\u{85}e\u{85}", 1),
            ("a\u{2028}b: [\n", 2),
            ("selinux: on\r\nengine: [\r\n", 3),
            ("selinux: on\nengin: docker\n", 2),
        ] {
            let at = File::parse(text, "x").unwrap_err().at;
            assert!(at.is_some_and(|(found, _)| found <= line), "{text:?}: {at:?}");
        }
    }

    #[test]
    fn brackets_upon_brackets_are_told_before_they_are_parsed() {
        let within = format!("exclude: ['{}a{}']", "[".repeat(DEPTH - 1), "]".repeat(DEPTH - 1));
        assert!(File::parse(&within, "c").is_ok());
        assert!(File::parse(&format!("# {}\nengine: podman\n", "[".repeat(999)), "c").is_ok());
        let deep = mistake(&format!("engine: podman\nexclude: {}", "[".repeat(1_000_000)));
        assert!(
            deep.starts_with("c.yaml:2:74: more than 64 brackets are open here"),
            "{deep}"
        );
    }

    #[test]
    fn every_key_is_read() {
        let text = "select: [default, strict]\nignore: [privileged]\nselinux: on\nengine: podman\nexclude: ['vendor/**']\nfail-on: error\nbaseline: b.json\nseverity: {privileged: note}\nper-file-ignores: {'dev/**': [privileged]}\nrules:\n  privileged: {allow-images: ['docker.io/library/docker:*-dind']}\n  strong-capability: {allow: [SYS_PTRACE]}\nprojects: [[a.yaml, b.yaml]]\nignores: {require-reason: true, max-age-days: 365}\n";
        let file = File::parse(text, "c").unwrap();
        assert_eq!(file.selinux, Some(Selinux::On));
        assert_eq!(file.ignore, [Selector::Rule("privileged")]);
        assert_eq!(file.severity.get(&RuleName("privileged")), Some(&Severity::Note));
        assert_eq!(file.ignores.max_age_days, Some(365));
        assert_eq!(File::parse("# nothing\n", "c").unwrap(), File::default());
    }

    #[test]
    fn mistakes_are_told_at_their_line_with_what_was_meant() {
        assert_eq!(
            mistake("engine: podman\nselct: [default]\n"),
            "c.yaml:2:1: unknown key `selct`; did you mean `select`?"
        );
        assert_eq!(
            mistake("ignore:\n  - privlieged\n"),
            "c.yaml:2:5: ignore[0]: unknown rule `privlieged`; did you mean `privileged`?"
        );
        assert_eq!(
            mistake("rules:\n  privileged:\n    allow-image: []\n"),
            "c.yaml:3:5: unknown key `allow-image` in `rules.privileged`; did you mean `allow-images`?"
        );
        assert_eq!(
            mistake("fail-on: warnings\n"),
            "c.yaml:1:10: unknown value `warnings` in `fail-on`; did you mean `warning`?"
        );
        assert_eq!(
            mistake("rules:\n  strong-capability: {allow: [SYS_PTRAC]}\n"),
            "c.yaml:2:31: unknown capability `SYS_PTRAC`; did you mean `SYS_PTRACE`?"
        );
        assert_eq!(
            mistake("rules: {root-user: {allow: [web]}}\n"),
            "c.yaml:1:9: `root-user` is about no value that `allow` could name"
        );
        assert_eq!(
            mistake("rules:\n  privileged: {allow-images: ['docker.io/[a']}\n"),
            "c.yaml:2:32: `docker.io/[a` is not a valid glob: unclosed character class; missing ']'"
        );
        assert_eq!(mistake("[]\n"), "c.yaml:1:1: keys with their values belong here");
        assert_eq!(
            mistake("ignores: yes\n"),
            "c.yaml:1:10: keys with their values belong in `ignores`"
        );
        assert_eq!(
            mistake("projects:\n  - [a.yaml]\n"),
            "c.yaml:2:6: a project is a list of at least two files"
        );
        let image =
            "images:\n- {name: app, images: [registry.example.org/app], starts-as: root, as-user: 'yes', sources: [x]";
        let told = mistake(&format!("{image}, trust: redd}}\n"));
        assert!(
            told.starts_with("c.yaml:2:")
                && told.ends_with("unknown value `redd` in `images[0].trust`; did you mean `read`?"),
            "{told}"
        );
        let told = mistake(&format!("{image}, trust: source, file-capabilities: [NET_ADMN]}}\n"));
        assert!(
            told.starts_with("c.yaml:2:") && told.ends_with("unknown capability `NET_ADMN`; did you mean `NET_ADMIN`?"),
            "{told}"
        );
        let told = mistake(&format!("{image}, trust: source, capabilites: []}}\n"));
        assert!(
            told.starts_with("c.yaml:2:")
                && told.ends_with("`capabilites` in `images[0]`; did you mean `capabilities`?"),
            "{told}"
        );
        let twice = "- {name: app, images: [a.b/c], starts-as: user, as-user: 'yes', sources: [x], trust: source}";
        assert!(mistake(&format!("images:\n{twice}\n{twice}\n")).contains("images[1]: `app` stands there twice"));
        assert!(
            mistake("select: [\n").starts_with("c.yaml:"),
            "{}",
            mistake("select: [\n")
        );
    }
}
