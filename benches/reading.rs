//! How fast files are read, as MB/s: `cargo bench --bench reading`.
//!
//! The inputs are made here, in the shapes that real files have, so that figures of two machines
//! or two versions speak of the same bytes.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use privlint::container::Engine;
use privlint::front::{Kind, Surroundings, read};
use privlint::source::Source;

fn main() {
    divan::main();
}

/// A Compose file of many services, with anchors and merge keys.
fn compose(services: usize) -> String {
    let mut text = String::from("x-common: &common\n  restart: always\n  cap_drop: [ALL]\n\nservices:\n");
    for i in 0..services {
        let _ = write!(
            text,
            "  web{i}:\n    <<: *common\n    image: registry.example.org/web:{i}\n    # published on the host\n    ports:\n      \
             - \"{}:80\"\n    environment:\n      LOG_LEVEL: info\n      TOKEN: ${{TOKEN:-none}}\n    volumes:\n      \
             - ./conf/{i}:/etc/web:ro,z\n      - type: bind\n        source: ./data\n        target: /data\n    \
             security_opt:\n      - no-new-privileges:true\n",
            8000 + i % 1000
        );
    }
    text
}

/// A script of many launches, with continuations, arrays, functions and conditionals.
fn script(launches: usize) -> String {
    let mut text = String::from("#!/usr/bin/env bash\nset -euo pipefail\nENGINE=${ENGINE:-podman}\n");
    for i in 0..launches {
        let _ = write!(
            text,
            "args{i}=(--rm --name job{i})\nif [ -n \"${{DEBUG:-}}\" ]; then\n  args{i}+=(--privileged)\nfi\n\
             log() {{ echo \"$(date) $*\"; }}\n# start it\nsudo docker run \"${{args{i}[@]}}\" \\\n  \
             -v \"$PWD/data{i}\":/data:Z \\\n  -p {}:80 \\\n  registry.example.org/job:{i} --verbose\n\
             \"$ENGINE\" ps | grep job{i} || log \"job {i} is gone\"\n",
            8000 + i % 1000
        );
    }
    text
}

/// A Dockerfile of many stages.
fn dockerfile(stages: usize) -> String {
    let mut text = String::from("# syntax=docker/dockerfile:1\nARG BASE=debian:13\n");
    for i in 0..stages {
        let _ = write!(
            text,
            "FROM $BASE AS stage{i}\nARG USER_ID=1000\nENV HOME=/home/app PATH=/opt/{i}/bin:$PATH\n\
             RUN --mount=type=cache,target=/var/cache/apt \\\n    apt-get update && \\\n    # the tools\n    \
             apt-get install -y --no-install-recommends curl git \\\n      make && \\\n    rm -rf /var/lib/apt/lists/*\n\
             COPY --chown=app:app . /src\nRUN <<EOF\nset -e\nmake -C /src\ndocker run --rm alpine true\nEOF\n\
             USER ${{USER_ID}}\nENTRYPOINT [\"/usr/bin/tini\", \"--\", \"serve\"]\n"
        );
    }
    text
}

fn bench(bencher: Bencher, files: &[(Kind, Arc<Source>)]) {
    let bytes: usize = files.iter().map(|(_, source)| source.text().len()).sum();
    let open = |_: &Path| None;
    let surroundings = Surroundings {
        engine: Engine::Unknown,
        knowledge: Default::default(),
        projects: &[],
        open: &open,
        list: &|_| Vec::new(),
    };
    let containers: usize = files
        .iter()
        .map(|(k, s)| read(*k, s, &surroundings).containers.len())
        .sum();
    assert!(containers > 0, "nothing was found: this would measure nothing");
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for (kind, source) in files {
            divan::black_box(read(*kind, source, &surroundings));
        }
    });
}

fn file(kind: Kind, name: &str, text: String) -> (Kind, Arc<Source>) {
    (kind, Arc::new(Source::new(name, text)))
}

#[divan::bench]
fn large_compose_file(bencher: Bencher) {
    bench(bencher, &[file(Kind::Compose, "compose.yaml", compose(1_000))]);
}

#[divan::bench]
fn large_script(bencher: Bencher) {
    bench(bencher, &[file(Kind::Shell, "run.sh", script(1_000))]);
}

#[divan::bench]
fn large_dockerfile(bencher: Bencher) {
    bench(bencher, &[file(Kind::Dockerfile, "Dockerfile", dockerfile(1_000))]);
}

/// A folder as a repository has it: many small files of each kind.
#[divan::bench]
fn folder_of_small_files(bencher: Bencher) {
    let files: Vec<_> = (0..100)
        .flat_map(|i| {
            [
                file(Kind::Compose, "compose.yaml", compose(1 + i % 8)),
                file(Kind::Shell, "run.sh", script(1 + i % 5)),
                file(Kind::Dockerfile, "Dockerfile", dockerfile(1 + i % 3)),
            ]
        })
        .collect();
    bench(bencher, &files);
}
