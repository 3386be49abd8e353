//! The files beside Compose, Dockerfiles and scripts that launch containers: units, documentation,
//! workflows, Makefiles, devcontainers, cloud-init. The first byte picks the kind and the name; whatever
//! other file is asked for is the same text, for a file that leads to itself is the worst that there can be.
#![no_main]

mod common;

use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use privlint::container::Engine;
use privlint::front::{Kind, Surroundings};

fuzz_target!(|text: &str| {
    let mut rest = text.chars();
    let (kind, path) = match rest.next() {
        Some('q') => (Kind::Quadlet, "units/app.container"),
        Some('p') => (Kind::Quadlet, "units/app.pod"),
        Some('k') => (Kind::Quadlet, "units/app.kube"),
        Some('b') => (Kind::Quadlet, "units/app.build"),
        Some('d') => (Kind::Quadlet, "units/app.container.d/10-more.conf"),
        Some('u') => (Kind::Unit, "units/app.service"),
        Some('i') => (Kind::CloudInit, "user-data"),
        Some('m') => (Kind::Markdown, "docs/install.md"),
        Some('w') => (Kind::Workflow, ".github/workflows/ci.yml"),
        Some('a') => (Kind::Workflow, "action.yml"),
        Some('M') => (Kind::Make, "Makefile"),
        Some('v') => (Kind::Devcontainer, ".devcontainer/devcontainer.json"),
        _ => return,
    };
    let text = rest.as_str();
    let surroundings = Surroundings {
        engine: Engine::Unknown,
        knowledge: Default::default(),
        projects: &[],
        open: &|_: &Path| (text.len() < 4096).then(|| text.to_owned()),
        list: &|folder: &Path| vec![folder.join("app.pod"), folder.join("other.container"), PathBuf::from(path)],
    };
    common::check_reading(kind, path, text, &surroundings);
});
