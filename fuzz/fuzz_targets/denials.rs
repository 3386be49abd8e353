//! What a host has recorded: any bytes are read as a log, put beside launches, and written out in every
//! format. Lines are those of the log, and nothing written holds a control character or a runner's command.
#![no_main]

mod common;

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use privlint::engine::{self, Report, Tree, TreeCache};
use privlint::evidence::Log;
use privlint::front::Kind;
use privlint::output::{self, Base, Case, Paint};

/// Launches that logs may speak of.
const LAUNCHES: &str = "services:
  registry:
    image: docker.io/library/registry:2
    container_name: registry
    volumes:
      - ./certs:/certs:ro
      - /srv/data:/var/lib/registry
  web:
    image: docker.io/library/nginx:1
    privileged: true
    volumes: [./html:/usr/share/nginx/html]
";

fn reports() -> Vec<Report> {
    let settings = common::settings(engine::MENDING_RULES.iter().copied());
    let tree = Tree {
        open: &|_| None,
        folder: &|_| Vec::new(),
        root: Path::new(""),
        list: &|_| Vec::new(),
        cache: &TreeCache::default(),
    };
    let path = Path::new("compose.yaml");
    vec![engine::lint(path, Kind::Compose, LAUNCHES.to_owned(), &settings, &tree)]
}

thread_local! {
    static REPORTS: Vec<Report> = reports();
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(log) = Log::read("host.log", &mut &bytes[..], &|_| {}) else {
        panic!("bytes in memory were not read");
    };
    let lines = bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() as u64 + 1;
    for line in log.denials.iter().map(|d| d.line).chain(log.observations.iter().map(|o| o.line)) {
        assert!((1..=lines).contains(&line), "line {line} of {lines}");
    }
    REPORTS.with(|reports| {
        let logs = [log];
        let (solved, explained) = (engine::solve(&logs, reports), engine::explain(&logs, reports));
        let case = Case {
            logs: &logs,
            reports,
            solved: &solved,
            explained: &explained,
        };
        let base = Base::default();
        for text in [
            output::denials(case, Paint::default()),
            output::pretty(&output::denials_json(case)),
            output::pretty(&output::denials_sarif(case, &base)),
            output::denials_github(case, &base),
        ] {
            let raw = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
            assert_eq!(raw, None, "a raw control character is written");
            assert!(!text.contains("##["), "a runner's command is written");
        }
    });
});
