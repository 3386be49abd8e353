//! The texts that the properties are tried on: the examples of every page, and the files under
//! `testdata` that are linted.

use std::path::{Path, PathBuf};

use privlint::container::Engine;
use privlint::engine::{self, Fixed, Report, Selinux, Settings, Tree, TreeCache};
use privlint::fix::Safety;
use privlint::front::Kind;
use privlint::rules::page::{Language, Page};
use privlint::rules::{self};

/// A text, and how it is to be read.
pub(crate) struct Sample {
    /// Where it comes from, for messages.
    pub(crate) from: String,
    /// The name it is linted under.
    pub(crate) path: PathBuf,
    /// How it is read.
    pub(crate) kind: Kind,
    /// The text.
    pub(crate) text: String,
    /// What is asked of the engine.
    pub(crate) settings: Settings,
}

impl Sample {
    /// The report on another text in this one's place.
    pub(crate) fn lint(&self, text: &str) -> Report {
        alone(|tree| engine::lint(&self.path, self.kind, text.to_owned(), &self.settings, tree))
    }

    /// What the fixes that are at least so safe make of another text in this one's place.
    pub(crate) fn fix(&self, text: &str, at_least: Safety) -> Fixed {
        alone(|tree| engine::fix(&self.path, self.kind, text.to_owned(), &self.settings, tree, at_least))
    }
}

/// Lints without any other file in the world.
fn alone<T>(work: impl FnOnce(&Tree) -> T) -> T {
    let tree = Tree {
        open: &|_| None,
        folder: &|_| Vec::new(),
        root: std::path::Path::new(""),
        list: &|_| Vec::new(),
        cache: &TreeCache::default(),
    };
    work(&tree)
}

/// Every rule that is on unless something is said, and one more.
pub(crate) fn settings(also: &str, selinux: Option<bool>, engine: Option<Engine>) -> Settings {
    let on = rules::RULES
        .iter()
        .filter(|r| r.group() != rules::Group::Strict || r.name == also);
    Settings {
        selinux: match selinux {
            None => Selinux::Auto,
            Some(true) => Selinux::On,
            Some(false) => Selinux::Off,
        },
        selinux_from: if selinux.is_some() {
            "--selinux".to_owned()
        } else {
            String::new()
        },
        engine: engine.unwrap_or(Engine::Unknown),
        knowledge: Default::default(),
        rules: on.map(|r| r.name).collect(),
        rules_of_examples: rules::RULES.iter().map(|r| r.name).collect(),
        is_test: false,
        severity: Default::default(),
        allow_images: Default::default(),
        allow: Default::default(),
        projects: Vec::new(),
        require_reason: also == "ignore-without-reason",
        traced: Vec::new(),
        no_ignores: false,
        today: "2026-06-30".to_owned(),
    }
}

/// The kind and file name that an example's language is linted as.
pub(crate) fn kind_of(language: Language) -> (Kind, &'static str) {
    match language {
        Language::Yaml => (Kind::Compose, "compose.yaml"),
        Language::Sh => (Kind::Shell, "run.sh"),
        Language::Dockerfile => (Kind::Dockerfile, "Dockerfile"),
        Language::Quadlet => (Kind::Quadlet, "web.container"),
    }
}

/// The page of each rule.
pub(crate) fn pages() -> Vec<(&'static str, Page)> {
    let parse = |r: &rules::Rule| {
        (
            r.name,
            Page::parse(r.page).unwrap_or_else(|e| panic!("rules/{}.md: {e}", r.name)),
        )
    };
    rules::RULES.iter().map(parse).collect()
}

/// Every sample.
pub(crate) fn samples() -> Vec<Sample> {
    let mut found = Vec::new();
    for (rule, page) in pages() {
        for example in &page.examples {
            let (kind, name) = kind_of(example.language);
            found.push(Sample {
                from: format!("rules/{rule}.md:{}", example.line),
                path: name.into(),
                kind,
                text: example.text.clone(),
                settings: settings(rule, example.selinux, example.engine),
            });
        }
    }
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for entry in walkdir::WalkDir::new(&testdata).sort_by_file_name() {
        let entry = entry.unwrap();
        let Some(kind) = kind_by_name(entry.path()) else {
            continue;
        };
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        found.push(Sample {
            from: entry.path().strip_prefix(&testdata).unwrap().display().to_string(),
            path: entry.file_name().into(),
            kind,
            text,
            settings: settings("", None, None),
        });
    }
    assert!(found.len() > 40, "only {} samples were found", found.len());
    found
}

fn kind_by_name(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    match path.extension().and_then(|e| e.to_str()) {
        Some("yaml" | "yml") => Some(Kind::Compose),
        Some("sh") => Some(Kind::Shell),
        _ if name.starts_with("Dockerfile") || name.ends_with(".dockerfile") || name.starts_with("Containerfile") => {
            Some(Kind::Dockerfile)
        }
        _ => None,
    }
}
