//! Fixing ends, is done after one run, and changes nothing when nothing was mended. The first byte
//! picks the kind of the file.
#![no_main]

mod common;

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use privlint::engine::{self, Tree, TreeCache};
use privlint::fix::Safety;
use privlint::front::Kind;
use privlint::rules::{Group, RULES};

fuzz_target!(|text: &str| {
    let mut rest = text.chars();
    let (kind, path) = match rest.next() {
        Some('c') => (Kind::Compose, "compose.yaml"),
        Some('s') => (Kind::Shell, "run.sh"),
        Some('d') => (Kind::Dockerfile, "Dockerfile"),
        Some('q') => (Kind::Quadlet, "app.container"),
        Some('u') => (Kind::Unit, "app.service"),
        Some('i') => (Kind::CloudInit, "user-data"),
        Some('m') => (Kind::Markdown, "install.md"),
        Some('w') => (Kind::Workflow, "ci.yml"),
        Some('M') => (Kind::Make, "Makefile"),
        Some('v') => (Kind::Devcontainer, "devcontainer.json"),
        _ => return,
    };
    // a strict rule may have something to say only once a fix has been made: that is for the next run
    let rules = RULES.iter().filter(|rule| rule.group() != Group::Strict);
    let settings = common::settings(rules.map(|rule| rule.name));
    let fix = |text: &str| {
        let tree = Tree {
            open: &|_| None,
            folder: &|_| Vec::new(),
            root: std::path::Path::new(""),
            list: &|_| Vec::new(),
            cache: &TreeCache::default(),
        };
        engine::fix(
            Path::new(path),
            kind,
            text.to_owned(),
            &settings,
            &tree,
            Safety::Unsafe,
        )
    };
    let once = fix(rest.as_str());
    let failed = |d: &engine::Diagnostic| d.finding.rule == "internal-error";
    assert!(!once.left.diagnostics.iter().any(failed), "the file is not survived");
    assert!(!once.mended.is_empty() || once.text == rest.as_str(), "a change without a fix");
    assert_eq!(fix(&once.text).text, once.text, "a second run changes more");
});
