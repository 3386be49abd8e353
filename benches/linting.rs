//! How fast findings are raised and fixes are proven, in containers a second: `cargo bench --bench linting`.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use privlint::container::Engine;
use privlint::engine::{self, Selinux, Settings, Tree, TreeCache};
use privlint::fix::Safety;
use privlint::front::Kind;
use privlint::rules;

fn main() {
    divan::main();
}

/// Containers of each text.
const CONTAINERS: usize = 500;

/// Services that each have a finding whose fix is proven.
fn compose() -> String {
    let service = |i: usize| {
        format!(
            "  s{i}:\n    image: registry:2\n    privileged: true\n    volumes:\n      - ./d{i}:/var/lib/registry\n"
        )
    };
    format!("services:\n{}", (0..CONTAINERS).map(service).collect::<String>())
}

/// The same as commands of a script.
fn script() -> String {
    let launch =
        |i: usize| format!("podman run -d --name r{i} -v \"$PWD\"/d{i}:/certs \\\n  --privileged registry:2\n");
    (0..CONTAINERS).map(launch).collect()
}

fn settings() -> Settings {
    Settings {
        selinux: Selinux::On,
        selinux_from: "--selinux=on".to_owned(),
        engine: Engine::Unknown,
        knowledge: Default::default(),
        rules: rules::RULES.iter().map(|r| r.name).collect(),
        rules_of_examples: rules::RULES.iter().map(|r| r.name).collect(),
        is_test: false,
        severity: Default::default(),
        allow: Default::default(),
        projects: Default::default(),
        allow_images: Default::default(),
        require_reason: false,
        traced: Vec::new(),
        no_ignores: false,
        today: "2026-06-30".to_owned(),
    }
}

fn bench<T>(bencher: Bencher, work: impl Fn(&Settings, &Tree) -> T) {
    let settings = settings();
    let cache = TreeCache::default();
    let tree = Tree {
        open: &|_| None,
        folder: &|_| Vec::new(),
        root: Path::new(""),
        list: &|_| Vec::new(),
        cache: &cache,
    };
    bencher
        .counter(ItemsCount::new(CONTAINERS))
        .bench_local(|| work(&settings, &tree));
}

fn lint(bencher: Bencher, kind: Kind, name: &str, text: &str) {
    bench(bencher, |settings, tree| {
        let report = engine::lint(Path::new(name), kind, text.to_owned(), settings, tree);
        let proven = report.diagnostics.iter().filter(|d| d.fix.is_some()).count();
        assert!(
            proven >= CONTAINERS,
            "{proven} fixes are proven: this would measure nothing"
        );
    });
}

fn fix(bencher: Bencher, kind: Kind, name: &str, text: &str) {
    bench(bencher, |settings, tree| {
        let fixed = engine::fix(Path::new(name), kind, text.to_owned(), settings, tree, Safety::Safe);
        assert!(
            fixed.mended.len() >= CONTAINERS,
            "{} fixes: this would measure nothing",
            fixed.mended.len()
        );
    });
}

#[divan::bench]
fn lint_compose(bencher: Bencher) {
    lint(bencher, Kind::Compose, "compose.yaml", &compose());
}

#[divan::bench]
fn lint_script(bencher: Bencher) {
    lint(bencher, Kind::Shell, "run.sh", &script());
}

#[divan::bench]
fn fix_compose(bencher: Bencher) {
    fix(bencher, Kind::Compose, "compose.yaml", &compose());
}

#[divan::bench]
fn fix_script(bencher: Bencher) {
    fix(bencher, Kind::Shell, "run.sh", &script());
}
